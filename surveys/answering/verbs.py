"""Answering a survey: the only writer of turns, of what was said, and of named answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from surveys.asking import standing
from surveys.models import Answer, Survey, Turn, Urn

from . import urn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from .links import Asked


class NotTakenError(Exception):
    """The survey takes no answer from this person now; `standing` says why."""

    def __init__(self, why: standing.Standing) -> None:
        super().__init__(why)
        self.standing = why


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says, by question id: values that are counted ("4", "yes"), and texts."""

    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def answer(asked: Asked, said: Said, *, at: dt.datetime) -> None:
    """Take one person's answer, once. Raises NotTakenError.

    Of an anonymous survey two things are written, and nothing in either leads to the other: that this person has
    answered, and what was said, mixed with what others said. `at` is kept of named answers only.
    """
    # The survey is held: two answers at once are mixed one after the other.
    survey = Survey.objects.select_for_update().get(pk=asked.survey.pk)
    why = standing.of(asked, at=at)
    if why == standing.Standing.OPEN and not survey.is_open:
        why = standing.Standing.CLOSED
    if why != standing.Standing.OPEN:
        raise NotTakenError(why)
    if not survey.is_anonymous or asked.registration is None:
        # A guest is asked under their name, always.
        Answer.objects.create(
            survey=survey,
            cycle_registration=asked.registration,
            guest=asked.guest,
            answers={**said.values, **said.texts},
            answered_at=at,
        )
        return
    Turn.objects.create(survey=survey, session=asked.session, cycle_registration=asked.registration)
    row, _is_new = Urn.objects.get_or_create(survey=survey, session=asked.session)
    mixed = urn.add(read(row), urn.Heap.of(said.values, said.texts))
    row.count, row.waiting_count = mixed.count, mixed.waiting_count
    row.shown, row.waiting = mixed.shown.written(), mixed.waiting.written()
    row.save(update_fields=["count", "waiting_count", "shown", "waiting"])


def read(row: Urn) -> urn.Mixed:
    """Return what a row holds, for the pure rule."""
    return urn.Mixed(
        count=row.count,
        waiting_count=row.waiting_count,
        shown=urn.Heap.read(row.shown),
        waiting=urn.Heap.read(row.waiting),
    )
