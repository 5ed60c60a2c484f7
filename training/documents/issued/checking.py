"""Whether what was issued is still what it was: hashes, chains, numbers. Reads only."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from training.models import Counter, Document, GoneDocument

from . import records

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fault(NamedTuple):
    """What is wrong, and with which document (or series)."""

    kind: str
    number: str


def faults() -> list[Fault]:
    """Return what does not add up: records and PDFs that changed, links that are missing, holes in numbers."""
    return [*_contents(), *_chains(), *_numbers()]


def _contents() -> Iterator[Fault]:
    for one in Document.objects.order_by("pk").iterator(chunk_size=100):
        if records.digest(json.loads(one.record)) != one.record_sha256:
            yield Fault("record", one.full_number)
        if hashlib.sha256(bytes(one.pdf)).hexdigest() != one.pdf_sha256:
            yield Fault("pdf", one.full_number)
        if records.chained(one.previous_sha256, one.record_sha256) != one.chain_sha256:
            yield Fault("link", one.full_number)


def _chains() -> Iterator[Fault]:
    """Yield the proofs whose link before is nowhere: neither issued nor erased in its time."""
    known = {
        *Document.objects.proofs().values_list("issuer", "chain_sha256"),
        *GoneDocument.objects.values_list("issuer", "chain_sha256"),
    }
    for one in Document.objects.proofs().light().exclude(previous_sha256="").order_by("pk"):
        if (one.issuer, one.previous_sha256) not in known:
            yield Fault("chain", one.full_number)
    starts = Document.objects.proofs().light().filter(previous_sha256="").order_by("pk")
    seen = set(GoneDocument.objects.filter(previous_sha256="").values_list("issuer", flat=True))
    for one in starts:
        if one.issuer in seen:
            yield Fault("chain", one.full_number)
        seen.add(one.issuer)


def _numbers() -> Iterator[Fault]:
    """Yield the series of proofs in which a number is missing."""
    kinds = [series for kind, series in Document.SERIES.items() if kind not in Document.OF_THE_PERSON]
    for counter in Counter.objects.filter(series__in=kinds).order_by("issuer", "series", "year"):
        same = {"issuer": counter.issuer, "series": counter.series, "year": counter.year}
        numbers = {
            *Document.objects.filter(**same).values_list("number", flat=True),
            *GoneDocument.objects.filter(**same).values_list("number", flat=True),
        }
        if numbers != set(range(1, counter.last + 1)):
            yield Fault("numbers", f"{counter.series}-{counter.year}")
