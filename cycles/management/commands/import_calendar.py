"""Import a calendar file into a cycle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cycles.imports import ics
from cycles.imports.ics.syntax.source import MOST_BYTES
from cycles.language import terminal
from cycles.models import Cycle

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Import a calendar (.ics) into a cycle; twice is the same as once."

    def add_arguments(self, parser: CommandParser) -> None:
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("cycle", help="the cycle's name in its address")
        parser.add_argument("file", type=Path, help="the calendar file")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, write nothing")
        parser.add_argument(
            "--unsure",
            choices=("new", "same", "leave"),
            default="",
            help="what to do with an event that may be a session which is here: without it, nothing is imported",
        )
        parser.add_argument(
            "--cancel-gone",
            action="store_true",
            help="cancel the sessions of an earlier import that the file no longer holds (they are kept)",
        )
        parser.add_argument(
            "--words",
            choices=codes,
            default=settings.LANGUAGE_CODE,
            help="the language of the words in the file (the site's own)",
        )
        parser.add_argument(
            "--language",
            choices=codes,
            default=terminal.language(),
            help="the language of the messages (the terminal's, if it is one of these, else English)",
        )

    def handle(
        self, *_args: Any, cycle: str, file: Path, dry_run: bool, words: str, language: str, **options: Any
    ) -> None:
        with override(language):
            row = Cycle.objects.filter(slug=cycle).first()
            if row is None:
                raise CommandError(_("There is no cycle “%(slug)s”.") % {"slug": cycle})
            answers = ics.Answers(
                by_entry={}, unsure=options["unsure"], gone="cancel" if options["cancel_gone"] else "keep"
            )
            data, at = _bytes(file), timezone.now()
            try:
                if dry_run:
                    outcome = ics.preview(row, data=data, language=words, at=at, answers=answers)
                else:
                    outcome = ics.import_calendar(
                        row, data=data, language=words, by=None, at=at, answers=answers
                    )
            except ics.ImportRefused as refusal:
                lines = [f"{file.name}:{error}" for error in sorted(refusal.report.errors)]
                raise CommandError("\n".join([*lines, _("Nothing was imported.")])) from None
            except ics.Unanswered as question:
                self._tell(file, question.outcome)
                raise CommandError(_question(question.outcome)) from None
            self._tell(file, outcome)
            if dry_run:
                if outcome.unsure:
                    self.stderr.write(_question(outcome))
                self.stdout.write(_("Dry run: nothing was written."))

    def _tell(self, file: Path, outcome: ics.Outcome) -> None:
        for problem in outcome.problems:
            self.stderr.write(_("%(file)s:%(remark)s (left out)") % {"file": file.name, "remark": problem})
        for warning in outcome.warnings:
            self.stderr.write(_("%(file)s:%(remark)s (warning)") % {"file": file.name, "remark": warning})
        for step in outcome.steps:
            note = f" ({step.note})" if step.note else ""
            self.stdout.write(f"{step.line}: {step.act.value}: {step.when}: {step.title}{note}")
        if outcome.gone:
            self.stdout.write(_("Cancel what is gone with --cancel-gone."))
        self.stdout.write(
            _("%(created)d created, %(changed)d changed")
            % {"created": outcome.created, "changed": outcome.changed}
        )


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            # One more than is allowed: enough to refuse it.
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        reason = f"{file}: {error.strerror}"
        raise CommandError(reason) from None


def _question(outcome: ics.Outcome) -> str:
    lines = [f"{step.line}: {step.title}: {step.note}" for step in outcome.unsure]
    return "\n".join(
        [
            *lines,
            _(
                "Say what these events are, with --unsure same, --unsure new or --unsure leave. Nothing was imported."
            ),
        ]
    )
