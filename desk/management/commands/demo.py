"""Load the demonstration, take it away, or plan a session whose reminder leaves within minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cycles.imports.programme import ImportRefused
from cycles.language import terminal, wording
from desk import demo
from registrations.models import Registration

if TYPE_CHECKING:
    import datetime as dt

    from django.core.management.base import CommandParser

MOST_MINUTES = 24 * 60


class Command(BaseCommand):
    help = (
        "The demonstration: a real programme with its dates shifted, an invented one, and invented people. "
        "With --minutes-to-next, a session is planned whose reminder leaves after so many minutes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", nargs="?", choices=("load", "remove"))
        parser.add_argument(
            "--minutes-to-next", type=int, metavar="N", help="watch a reminder leave in N minutes"
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=terminal.language(),
            help="the language of the messages (the terminal's, if it is one of these, else English)",
        )

    def handle(
        self, *_args: Any, action: str | None, minutes_to_next: int | None, language: str, **_options: Any
    ) -> None:
        at = timezone.now()
        with override(language):
            if action != "remove" and demo.would_mail():
                raise CommandError(
                    _(
                        "Email leaves this site for real (EMAIL_URL or EMAIL_BACKEND): the demonstration would write "
                        "to people who do not exist. Load it where email is kept or caught: without EMAIL_URL, or with "
                        "EMAIL_URL=smtp://email:1025."
                    )
                )
            if action is None and minutes_to_next is None:
                raise CommandError(_("Say what to do: demo load, demo remove, or demo --minutes-to-next 3."))
            if minutes_to_next is not None and (
                action == "remove" or not 1 <= minutes_to_next <= MOST_MINUTES
            ):
                raise CommandError(
                    _("--minutes-to-next: a number from 1 to %(most)d, and not with remove.")
                    % {"most": MOST_MINUTES}
                )
            try:
                if action == "remove":
                    self._remove(at=at)
                else:
                    self._load(at=at)
            except ImportRefused as refusal:
                raise CommandError(str(refusal)) from None
            if minutes_to_next is not None:
                self._plan(minutes_to_next, language=language, at=at)

    def _load(self, *, at: dt.datetime) -> None:
        if demo.load(at=at):
            self.stdout.write(_("The demonstration is loaded: two programmes, and people who do not exist."))
        else:
            self.stdout.write(_("The demonstration is there already."))

    def _remove(self, *, at: dt.datetime) -> None:
        removed = demo.remove(at=at)
        for section, count in sorted(removed.items()):
            self.stdout.write(_("%(section)s: %(count)d removed") % {"section": section, "count": count})
        self.stdout.write(_("%(count)d removed") % {"count": removed.total()})

    def _plan(self, minutes: int, *, language: str, at: dt.datetime) -> None:
        session, due_at = demo.plan_reminder_in(minutes, at=at)
        told = Registration.objects.confirmed().filter(participant__reminders_stopped_at=None)
        people = told.filter(session=session).count()
        zone = session.cycle.timezone
        self.stdout.write(
            ngettext(
                "A reminder leaves at %(hour)s (%(zone)s) for %(count)d person: watch %(mailbox)s",
                "A reminder leaves at %(hour)s (%(zone)s) for %(count)d people: watch %(mailbox)s",
                people,
            )
            % {
                "hour": wording.clock(due_at.astimezone(session.zone), language=language),
                "zone": wording.zone_name(zone, language=language),
                "count": people,
                "mailbox": settings.ESCALE_BASE_URL + reverse("notifications:mailbox")
                if settings.ESCALE_MAILBOX
                else _("your mailboxes"),
            }
        )
        self.stdout.write(_("A worker must be running: make run, or manage.py send_due --loop."))
