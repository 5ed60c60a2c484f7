"""Erase requests that nobody confirmed, as the hourly task does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from registrations import booking


class Command(BaseCommand):
    help = "Erase registrations whose address was not confirmed in time."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and erase nothing")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        with transaction.atomic():
            count = booking.purge_unconfirmed(at=timezone.now())
            transaction.set_rollback(dry_run)
        self.stdout.write(f"{count} unconfirmed registrations {'would be ' if dry_run else ''}erased")
