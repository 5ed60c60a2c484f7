"""Import a programme from a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cycles.imports.programme import ImportRefused, Report, import_programme
from cycles.imports.programme.shift import MONTHS_A_YEAR, MOST_YEARS
from cycles.language import terminal

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = (
        "Import a programme (YAML): all of it or nothing; importing it twice changes nothing the second time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the programme file, UTF-8")
        parser.add_argument(
            "--shift-years",
            type=int,
            default=0,
            metavar="N",
            help="move the cycles that the file names in demo_shift by N years, with a banner on their pages",
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, write nothing")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=terminal.language(),
            help="the language of the messages (the terminal's, if it is one of these, else English)",
        )

    def handle(
        self, *_args: Any, file: Path, shift_years: int, dry_run: bool, language: str, **_options: Any
    ) -> None:
        with override(language):
            if abs(shift_years) > MOST_YEARS:
                raise CommandError(_("--shift-years: %(most)d years at most.") % {"most": MOST_YEARS})
            try:
                report = import_programme(
                    file, at=timezone.now(), shift_months=shift_years * MONTHS_A_YEAR, dry_run=dry_run
                )
            except ImportRefused as refusal:
                self._tell_warnings(file, refusal.report)
                lines = [f"{file.name}:{error}" for error in sorted(refusal.report.errors)]
                raise CommandError("\n".join([*lines, _("Nothing was imported.")])) from None
            self._tell_warnings(file, report)
            self._tell_result(report, dry_run=dry_run)

    def _tell_warnings(self, file: Path, report: Report) -> None:
        for warning in sorted(report.warnings):
            self.stderr.write(_("%(file)s:%(remark)s (warning)") % {"file": file.name, "remark": warning})

    def _tell_result(self, report: Report, *, dry_run: bool) -> None:
        for section in sorted(report.created.keys() | report.changed.keys()):
            self.stdout.write(
                _("%(section)s: %(created)d created, %(changed)d changed")
                % {
                    "section": section,
                    "created": report.created[section],
                    "changed": report.changed[section],
                }
            )
        self.stdout.write(
            _("%(created)d created, %(changed)d changed")
            % {"created": report.created.total(), "changed": report.changed.total()}
        )
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
