"""Send what is due without Celery: from a cron every minute, or as a loop of its own."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from notifications import sending

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Plans and sends the mails that are due now. The same work as the Celery worker's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until it is stopped")
        parser.add_argument(
            "--every", type=float, default=30.0, help="seconds between two turns (default 30)"
        )

    def handle(self, *args: Any, loop: bool, every: float, **options: Any) -> None:
        while True:
            try:
                self._turn()
            except DatabaseError:
                if not loop:
                    raise
                # What was being handed over is taken back once the database answers again.
                logger.exception("the database does not answer: trying again in %s s", every)
            if not loop:
                return
            connection.close()
            time.sleep(every)

    def _turn(self) -> None:
        handled = 0
        while True:
            # More than one turn of a worker, perhaps: planning goes on in between.
            sending.tick()
            turn = sending.drain()
            handled += turn
            if not turn or not sending.has_due():
                break
        self.stdout.write(f"{handled} mails handled")
