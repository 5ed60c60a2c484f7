"""Erase what is no longer needed, as the daily tasks do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.delivery import retention
from speakers import keeping


def moment(text: str) -> dt.datetime:
    """Return the instant that was written, in the site's zone when none is said."""
    try:
        result = parse_datetime(text) or dt.datetime.combine(dt.date.fromisoformat(text), dt.time())
    except ValueError:
        message = f"{text} is not a date: write it as 2027-11-22 or 2027-11-22T03:00:00+01:00"
        raise CommandError(message) from None
    return result if timezone.is_aware(result) else timezone.make_aware(result)


class Command(BaseCommand):
    help = "Erase or anonymise personal data that are no longer needed, and say how many by rule."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and erase nothing")
        parser.add_argument("--at", help="as if it were that moment; one to come needs --dry-run")

    def handle(self, *, dry_run: bool, at: str | None, **_options: Any) -> None:
        now = timezone.now()
        when = moment(at) if at else now
        if when > now and not dry_run:
            message = "A moment to come is for --dry-run only: it would erase what is still needed today."
            raise CommandError(message)
        counts = retention.run(at=when, is_dry=dry_run)
        if not dry_run:
            # Whom no agenda names any more, with their cards and files: files cannot be put back.
            keeping.purge(at=when)
        for rule in retention.RULES:
            self.stdout.write(f"{counts[rule.code]:>8}  {rule.code}: {rule.words}")
        self.stdout.write(f"{sum(counts.values()):>8}  {'would go' if dry_run else 'gone'}")
