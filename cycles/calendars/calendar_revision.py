"""What calendars show of a session, and since when.

LAST-MODIFIED must rise with every change that a subscriber could see, and with no other: clients skip what did not
rise, and fetch for nothing what did. So what a calendar would say of a session, in every language, is digested
whenever something that it is made of is saved, in the same transaction, and `shown_at` rises exactly when the digest
differs (docs/decisions/0005).
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.utils import timezone

from cycles.models import Cycle, Organisation, Person, Segment, Session, SessionChange, SpeakerSlot, Topic
from cycles.schedule.revision import next_revised_at

from . import entries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from django.db.models import Model

# Sessions whose parts were saved inside `one_change`, to be looked at once, at its end.
_waiting: ContextVar[set[int] | None] = ContextVar("cycles.calendars.calendar_revision", default=None)


@contextlib.contextmanager
def one_change(*, at: dt.datetime) -> Iterator[None]:
    """Make one transaction and one visible change of whatever is saved inside; scopes within join the outermost."""
    if _waiting.get() is not None:
        with transaction.atomic():
            yield
        return
    waiting: set[int] = set()
    token = _waiting.set(waiting)
    try:
        with transaction.atomic():
            yield
            _look(waiting, at=at)
    finally:
        _waiting.reset(token)


def look(session_ids: Collection[int], *, at: dt.datetime) -> None:
    """Raise `shown_at` of the sessions that calendars would show differently by now.

    Saving one row at a time calls this by itself; bulk writes must. Call it inside the transaction of the change.
    """
    waiting = _waiting.get()
    if waiting is None:
        _look(session_ids, at=at)
    else:
        waiting.update(session_ids)


def _look(session_ids: Collection[int], *, at: dt.datetime) -> None:
    if not session_ids:
        return
    changed = []
    for session in entries.loaded(Session.objects.filter(pk__in=session_ids)):
        digest = _digest(session)
        if digest == session.shown_digest:
            continue
        is_new = not session.shown_digest
        session.shown_at = session.revised_at if is_new else next_revised_at(session.shown_at, at=at)
        session.shown_digest = digest
        changed.append(session)
    if changed:
        Session.objects.bulk_update(changed, ["shown_at", "shown_digest"], batch_size=200)


def _digest(session: Session) -> str:
    """Return a digest of all that any calendar may say of a session, its own date of change apart."""
    results: list[object] = []
    if entries.span(session) is not None:
        for language, _name in settings.LANGUAGES:
            entry = entries.entry(session, language=language, with_cycle=True)
            # The catalogue's form, which holds all that the others do.
            results.append(dataclasses.replace(entry, revised_at=session.created_at))
    return hashlib.blake2b(repr(results).encode(), digest_size=16).hexdigest()


def _showing(instance: Model) -> Collection[int]:
    """Return the ids of the sessions whose calendar entry is made of a row."""
    match instance:
        case Session():
            return (instance.pk,)
        case Segment() | SessionChange():
            return (instance.session_id,)
        case Cycle():
            made_of = Q(cycle=instance)
        case SpeakerSlot():
            made_of = Q(segments=instance.segment_id)
        case Topic():
            made_of = Q(topics=instance)
        case Person():
            made_of = Q(segments__slots__person=instance)
        case Organisation():
            made_of = (
                Q(host=instance)
                | Q(segments__slots__organisation=instance)
                | Q(segments__slots__person__organisation=instance)
            )
        case _:
            return ()
    return set(Session.objects.filter(made_of).values_list("pk", flat=True))


def connect() -> None:
    """Follow every row that is saved or deleted one by one. No business: `shown_at` is a date about other columns."""

    def saved(instance: Model, *, raw: bool = False, **_: Any) -> None:
        if not raw:
            look(_showing(instance), at=timezone.now())

    def leaving(instance: Model, **_: Any) -> None:
        instance.__dict__["_showed_in"] = _showing(instance)

    def left(instance: Model, **_: Any) -> None:
        look(instance.__dict__.pop("_showed_in", ()), at=timezone.now())

    def linked(instance: Model, action: str, pk_set: set[int] | None, **_: Any) -> None:
        if action == "pre_clear":
            leaving(instance)
        elif action == "post_clear":
            left(instance)
        elif action in ("post_add", "post_remove"):
            is_session = isinstance(instance, Session)
            look((instance.pk,) if is_session else pk_set or (), at=timezone.now())

    for model in (Session, SessionChange, Segment, SpeakerSlot, Cycle, Organisation, Person, Topic):
        name = f"cycles.showing.{model.__name__}"
        post_save.connect(saved, sender=model, weak=False, dispatch_uid=name)
        pre_delete.connect(leaving, sender=model, weak=False, dispatch_uid=name)
        post_delete.connect(left, sender=model, weak=False, dispatch_uid=name)
    m2m_changed.connect(
        linked,
        sender=Session.topics.through,
        weak=False,
        dispatch_uid="cycles.calendars.calendar_revision.topics",
    )
