"""Throw away what nothing needs any more, without Celery: from a cron every day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cycles.calendars.readers import audience
from cycles.content import documents, pictures
from cycles.tasks import A_DAY


class Command(BaseCommand):
    help = "Forget who read a calendar on days that are over, and delete the files that nothing shows."

    def handle(self, **_options: Any) -> None:
        at = timezone.now()
        audience.forget(at=at)
        removed = pictures.sweep(at=at, older_than=A_DAY)
        self.stdout.write(f"{removed} files of pictures deleted")
        removed = documents.sweep(at=at, older_than=A_DAY)
        self.stdout.write(f"{removed} files of documents deleted")
