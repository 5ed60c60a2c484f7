"""What a change of the plan would do, found out by making it and undoing it: never a guess of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cycles import naming, wording
from desk.consequences import language, step_in_words
from notifications import audiences
from notifications.models import Occurrence, ReminderStep

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.models import Cycle

Key = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How many planned mails go and come, what will not be sent although it was asked for, what is left on."""

    removed: int
    added: int
    notes: tuple[str, ...]
    leaves_none: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.removed or self.added or self.notes)


def effect(cycle: Cycle, change: Callable[[], None], *, at: dt.datetime) -> Effect:
    """Make a change, look, undo it. What the change raises (PolicyError) passes through."""
    with transaction.atomic():
        before, missed = _planned(cycle, at=at), _missed(cycle)
        change()
        after, missed_now = _planned(cycle, at=at), _missed(cycle)
        is_any_on = ReminderStep.objects.filter(cycle=cycle, session=None, is_enabled=True).exists()
        notes = tuple(_note(cycle, missed_now[key]) for key in missed_now if key not in missed)
        transaction.set_rollback(True)
    return Effect(
        removed=sum(number for key, (due_at, number) in before.items() if after.get(key, ("",))[0] != due_at),
        added=sum(number for key, (due_at, number) in after.items() if before.get(key, ("",))[0] != due_at),
        notes=notes,
        leaves_none=not is_any_on,
    )


def _mailings(cycle: Cycle, state: str) -> list[Occurrence]:
    found = Occurrence.objects.filter(session__cycle=cycle, step__isnull=False, state=state)
    rows = list(found.select_related("step", "session").order_by("due_at", "pk"))
    for row in rows:
        row.session.cycle = cycle
    return rows


def _planned(cycle: Cycle, *, at: dt.datetime) -> dict[Key, tuple[dt.datetime, int]]:
    """Return when each planned mailing leaves and to how many people, as things are."""
    found = {}
    for mailing in _mailings(cycle, Occurrence.State.PLANNED):
        if mailing.step is not None:
            people = audiences.count(mailing.step, mailing.session, due_at=max(mailing.due_at, at))
            found[mailing.session_id, mailing.step.code] = (mailing.due_at, people)
    return found


def _missed(cycle: Cycle) -> dict[Key, Occurrence]:
    return {
        (mailing.session_id, mailing.step.code): mailing
        for mailing in _mailings(cycle, Occurrence.State.MISSED)
        if mailing.step is not None
    }


def _note(cycle: Cycle, mailing: Occurrence) -> str:
    """Return "J-3 is not sent for Escale 2: its time, … , has passed"."""
    return _("%(step)s is not sent for %(session)s: its time, %(when)s, has passed.") % {
        "step": step_in_words(mailing.step) if mailing.step else "",
        "session": naming.session_label(mailing.session),
        "when": wording.short_when(mailing.due_at, zone=cycle.timezone, language=language()),
    }
