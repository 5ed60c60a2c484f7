"""Compute again the hashes, chains and numbers of the documents of training; end with 1 if any is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training.documents.issued import checking
from training.models import Document

WORDS = {
    "record": "its record is not what was hashed",
    "pdf": "its PDF is not what was hashed",
    "link": "its link of the chain is not made of its record",
    "chain": "the document before it is missing",
    "numbers": "a number of this series is missing",
}


class Command(BaseCommand):
    help = "Check that documents of training are what was issued: hashes, chains, numbers without holes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        faults = checking.faults()
        for fault in faults:
            self.stderr.write(f"{fault.number}: {WORDS[fault.kind]}")
        if faults:
            msg = f"{len(faults)} wrong: restore them from a backup, and find out who changed them."
            raise CommandError(msg)
        self.stdout.write(f"{Document.objects.count()} documents are what was issued.")
