"""The journal: who did what, written in the same transaction as the act itself.

A write that says who (`by=`) puts its rows and its line under one `with journal.entry(…)`; what writes nothing else
(an export, a sign-in, a refusal) calls `record`. tests/test_journal.py finds the forgotten ones.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from .journal_verbs import VERBS
from .models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .models import User

KEPT = dt.timedelta(days=365)

# Where to look for the programme of an object, nearest first.
_UP = ("cycle", "session", "cycle_registration", "registration")


@dataclass(frozen=True)
class _Target:
    """What an act is done to, by kind and number, and the programme that it belongs to."""

    kind: str = ""
    pk: int | None = None
    programme_id: int | None = None

    @classmethod
    def of(cls, row: Any) -> _Target:
        if not isinstance(row, models.Model) or row.pk is None:
            return cls()
        return cls(row._meta.label_lower, row.pk, programme_id_of(row))


@dataclass
class Entry:
    """One line that is about to be written; the block that it stands for may still say more, or withdraw it."""

    verb: str
    target: _Target
    detail: str = ""
    is_dropped: bool = False

    def about(self, row: models.Model) -> None:
        """Say what the act has made: only then has it a number."""
        self.target = _Target.of(row)

    def drop(self) -> None:
        """Write no line: there was nothing to change."""
        self.is_dropped = True


@contextlib.contextmanager
def entry(
    verb: str, row: models.Model | None = None, *, by: User | None, at: dt.datetime, detail: str = ""
) -> Iterator[Entry]:
    """Run a block as one transaction, and note it as one act of `by`; without somebody signed in it is not noted.

    `row` is read before the block, which may delete it. `detail` is a code, never words that somebody typed. Raises
    KeyError for a verb that VERBS does not hold.
    """
    VERBS[verb]
    with transaction.atomic():
        line = Entry(verb, _Target.of(row), detail)
        yield line
        if by is not None and not line.is_dropped:
            _write(line.verb, line.target, by=by, at=at, detail=line.detail)


def record(
    verb: str,
    *,
    by: User | None,
    at: dt.datetime,
    target: models.Model | None = None,
    programme_id: int | None = None,
    detail: str = "",
    count: int | None = None,
) -> None:
    """Note an act that writes nothing else. Raises KeyError for a verb that VERBS does not hold."""
    VERBS[verb]
    result = _Target.of(target)
    if programme_id:
        result = _Target(result.kind, result.pk, programme_id)
    _write(verb, result, by=by, at=at, detail=detail, count=count)


def _write(
    verb: str, target: _Target, *, by: User | None, at: dt.datetime, detail: str, count: int | None = None
) -> None:
    AuditEntry.objects.create(
        at=at,
        by=by,
        verb=verb,
        programme_id=target.programme_id,
        target_kind=target.kind,
        target_id=target.pk,
        detail=detail,
        count=count,
    )


def programme_id_of(target: models.Model) -> int | None:
    """Return the number of the programme that an object belongs to, or None."""
    if target._meta.label_lower == "cycles.programme":
        return int(target.pk)
    if hasattr(target, "programme_id"):
        pk: int | None = target.programme_id
        return pk
    for name in _UP:
        parent = getattr(target, name, None)
        if isinstance(parent, models.Model):
            return programme_id_of(parent)
    return None


def purge(*, at: dt.datetime) -> int:
    """Delete what is older than KEPT; return how many lines."""
    return AuditEntry.objects.filter(at__lt=at - KEPT).delete()[0]
