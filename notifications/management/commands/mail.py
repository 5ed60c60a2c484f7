"""The switch of all mail, for whoever has a terminal rather than a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cycles.language import terminal
from notifications.delivery import interventions, ledger, restored
from notifications.delivery.run import sending
from notifications.models import Heartbeat

if TYPE_CHECKING:
    import datetime as dt

    from django.core.management.base import CommandParser

ASIDE = "aside"


class Command(BaseCommand):
    help = "Says whether mail leaves, pauses all of it, or lets it leave again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("status", "pause", "resume"))
        parser.add_argument(
            "--overdue",
            choices=("send", ASIDE),
            help="with resume, after a backup was restored: send what is due by now, or set it aside because it may "
            "have left before the failure",
        )

        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=terminal.language(),
            help="the language of the messages (the terminal's, if it is one of these, else English)",
        )

    def handle(self, *args: Any, what: str, overdue: str | None, language: str, **options: Any) -> None:
        at = ledger.database_time()
        # After a restore it is true at once, whether or not a worker has ticked since.
        restored.look(at=at)
        with override(language):
            if what == "pause":
                interventions.pause(by=None, at=at)
            elif what == "resume":
                self._resume(overdue, at=at)
            self._status(at=at)

    def _resume(self, overdue: str | None, *, at: dt.datetime) -> None:
        pause = Heartbeat.objects.filter(name=sending.PAUSED).first()
        if pause is None:
            raise CommandError(_("Email is not paused."))
        if restored.is_reason_of(pause) and overdue is None:
            count = restored.overdue(at=at).count()
            result = ngettext(
                "The database was restored from a backup or moved, and %(count)s email is due. What left before the "
                "failure must not leave again: choose --overdue aside (it is listed and can be sent by hand), or "
                "--overdue send if nothing had left.",
                "The database was restored from a backup or moved, and %(count)s emails are due. What left before the "
                "failure must not leave again: choose --overdue aside (they are listed and can be sent by hand), or "
                "--overdue send if nothing had left.",
                count,
            )
            raise CommandError(result % {"count": count})
        aside = interventions.resume(by=None, at=at, sets_aside=overdue == ASIDE)
        if aside:
            result = ngettext("%(count)s email was set aside.", "%(count)s emails were set aside.", aside)
            self.stdout.write(result % {"count": aside})

    def _status(self, *, at: dt.datetime) -> None:
        until = sending.paused_until(at=at)
        pause = Heartbeat.objects.filter(name=sending.PAUSED).first()
        if pause is not None and restored.is_reason_of(pause):
            self.stdout.write(_("All email is paused: a backup was restored, or the database moved."))
        elif pause is not None:
            self.stdout.write(_("All email is paused."))
        elif until is not None:
            when = f"{until:%H:%M:%S} UTC"
            self.stdout.write(
                _("Email rests until %(when)s: the mail server asked for it, or is away.") % {"when": when}
            )
        else:
            self.stdout.write(_("Email leaves."))
        due = ledger.due_count(at=at)
        self.stdout.write(
            ngettext("%(count)s email is due.", "%(count)s emails are due.", due) % {"count": due}
        )
