"""Send what is due without Celery: from a cron every minute, or as a loop of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import connection

from notifications import sending

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Plans and sends the mails that are due now. The same work as the Celery worker's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until it is stopped")
        parser.add_argument(
            "--every", type=float, default=30.0, help="seconds between two turns (default 30)"
        )

    def handle(self, *args: Any, loop: bool, every: float, **options: Any) -> None:
        while True:
            sending.tick()
            handed_over = sending.drain()
            self.stdout.write(f"{handed_over} mails handled")
            if not loop:
                return
            connection.close()
            time.sleep(every)
