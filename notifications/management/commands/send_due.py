"""Send what is due without Celery: once, from a cron every minute, or as the worker of a site without Redis."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import worker
from notifications.delivery.run import sending
from notifications.organisers import owing
from registrations.links import finding
from speakers import keeping

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

LEAST_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Plans and sends the mails that are due now, answers who asked for their links, and shows or hides what those "
        "who speak agreed to. With --loop it goes on until it is stopped, and does everything "
        "else that Celery's worker and beat do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="go on until it is stopped, as the only worker"
        )
        parser.add_argument(
            "--every", type=float, default=30.0, help="seconds between two ticks of --loop (default 30)"
        )

    def handle(self, *args: Any, loop: bool, every: float, **options: Any) -> None:
        if every < LEAST_SECONDS:
            message = f"--every {every:g}: one second is the least."
            raise CommandError(message)
        if not loop:
            self.stdout.write(f"{self._send_once()} mails handled")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        settings.ESCALE_WAKE_FILE.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        worker.run(stop, tick_every=every)

    def _send_once(self) -> int:
        handled = 0
        at = timezone.now()
        # What else cannot wait for a command of once a day.
        finding.answer_all(at=at)
        keeping.settle(at=at)
        owing.owe_due(at=at)
        while True:
            # More than one turn of a worker, perhaps: planning goes on in between.
            sending.tick()
            turn = sending.drain()
            handled += turn
            if not turn or not sending.has_due():
                return handled
