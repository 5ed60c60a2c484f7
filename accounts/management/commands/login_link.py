"""Print a one-time sign-in link for an organiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from accounts import addresses
from accounts.models import User
from accounts.sign_in import login_links

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = (
        "Print a link that signs an organiser in once, within a day or what ESCALE_LOGIN_LINK_HOURS says."
        " --create makes a site administrator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--create", action="store_true", help="create the account if there is none")
        parser.add_argument(
            "--without-second-step",
            action="store_true",
            help="remove passkeys, app and recovery codes: for someone who lost them all",
        )
        parser.add_argument("--name", default="", help="the name of a created account")

    def handle(
        self, *_args: Any, email: str, create: bool, name: str, without_second_step: bool, **_options: Any
    ) -> None:
        try:
            email = addresses.normal_form(email)
        except addresses.AddressError as error:
            msg = f"“{email}” is not an email address: write it as claire@example.org"
            raise CommandError(msg) from error
        user = User.objects.at_address(email)
        if user is None and not create:
            msg = f"there is no account for {email}: add --create to make a site administrator"
            raise CommandError(msg)
        if user is None:
            user = User.objects.create_superuser(email, name=name)
        if not user.is_active:
            msg = f"the account {email} is switched off: an administrator can switch it on again"
            raise CommandError(msg)
        if without_second_step:
            Authenticator.objects.filter(user=user).delete()
        self.stdout.write(login_links.make(user))
