"""Pass on the places whose offer ran out, without Celery: from a cron every minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations import booking


class Command(BaseCommand):
    help = "Gives free places, and those whose offer ran out, to the people who wait. Any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        count = booking.settle_due(at=timezone.now())
        self.stdout.write(f"{count} cycles settled")
