"""Erase requests that nobody confirmed and addresses that nobody proved, as the hourly task does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from registrations import booking
from registrations.people import participants


class Command(BaseCommand):
    help = (
        "Erase registrations whose address was not confirmed in time, and new addresses that were not proved."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and erase nothing")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        at = timezone.now()
        with transaction.atomic():
            count = booking.purge_unconfirmed(at=at)
            participants.forget_asked_addresses(at=at)
            transaction.set_rollback(dry_run)
        self.stdout.write(f"{count} unconfirmed registrations {'would be ' if dry_run else ''}erased")
