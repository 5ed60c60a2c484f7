"""Send a test mail and say what the mail server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import addresses
from cycles.language import terminal
from notifications.transport import trial

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Sends one test mail to an address by the way that every mail takes, and says what the server answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=terminal.language(),
            help="the language of the mail and of the messages",
        )

    def handle(self, *_args: Any, address: str, language: str, **_options: Any) -> None:
        with override(language):
            try:
                to = addresses.read(address)
            except addresses.AddressError:
                raise CommandError(_("%(text)s is no email address.") % {"text": address}) from None
            done = trial.send(to, at=timezone.now())
            if not done.is_taken:
                raise CommandError(_("The mail server did not take it: %(reply)s") % {"reply": done.reply})
            if settings.ESCALE_MAILBOX:
                self.stdout.write(_("It is in the mailbox page: no email leaves this machine."))
            else:
                self.stdout.write(_("The mail server took it: look whether it arrived."))
