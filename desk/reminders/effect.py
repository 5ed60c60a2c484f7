"""What a change of the plan would do, found out by making it and undoing it: never a guess of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.dry_run import dry_run
from cycles.language import naming, wording
from desk.reminders import line
from desk.reminders.mailings import Mailings, mailings
from desk.schedule.consequences import language
from notifications.models import Occurrence, ReminderStep
from notifications.plan import audiences, planner

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.models import Cycle


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
    """Make a change, look, undo it. What the change raises (PolicyError) passes through.

    People are counted for the mailings that differ only: a few queries, whatever the number of sessions.
    """

    def looked_at() -> tuple[Mailings, Mailings, int, bool]:
        before, was_any_on = mailings(session__cycle=cycle), _is_any_on(cycle)
        with planner.together():
            change()
        after = mailings(session__cycle=cycle)
        come = [
            mailing for key, mailing in after.planned.items() if _is_new(mailing, before.planned.get(key))
        ]
        return before, after, _people(come, at=at), was_any_on and not _is_any_on(cycle)

    before, after, added, leaves_none = dry_run(looked_at).result
    gone = [mailing for key, mailing in before.planned.items() if _is_new(mailing, after.planned.get(key))]
    return Effect(
        removed=_people(gone, at=at),
        added=added,
        notes=tuple(
            _note(cycle, mailing)
            for key, mailing in after.missed.items()
            if key not in before.missed and _matters(mailing, at=at)
        ),
        leaves_none=leaves_none,
    )


def _is_any_on(cycle: Cycle) -> bool:
    return ReminderStep.objects.filter(cycle=cycle, session=None, is_enabled=True).exists()


def _is_new(mailing: Occurrence, other: Occurrence | None) -> bool:
    """Tell whether a mailing is another than one of the same line: its hour, its people or its message."""
    if other is None or mailing.step is None or other.step is None:
        return True
    return (mailing.due_at, mailing.kind, mailing.step.audience) != (
        other.due_at,
        other.kind,
        other.step.audience,
    )


def _people(mailings: list[Occurrence], *, at: dt.datetime) -> int:
    """Count the mails of some mailings, as people are registered now: each line once, for all its sessions."""
    by_step: dict[int, list[Occurrence]] = {}
    for mailing in mailings:
        if mailing.step is not None:
            by_step.setdefault(mailing.step.pk, []).append(mailing)
    total = 0
    for of_step in by_step.values():
        step = of_step[0].step
        if step is not None:
            sessions = [mailing.session for mailing in of_step]
            total += sum(audiences.counts(step, sessions, at=at).values())
    return total


def _matters(mailing: Occurrence, *, at: dt.datetime) -> bool:
    """Tell whether anyone may expect a mailing that is not sent: of what is long over nobody does."""
    ends_at = mailing.session.ends_at
    return mailing.not_after > at or (ends_at is not None and ends_at > at)


def _note(cycle: Cycle, mailing: Occurrence) -> str:
    """Return "J-3 is not sent for Escale 2: its time, … , has passed"."""
    return _("%(step)s is not sent for %(session)s: its time, %(when)s, has passed.") % {
        "step": line.name(mailing.step) if mailing.step else "",
        "session": naming.session_label(mailing.session),
        "when": wording.short_when(mailing.due_at, zone=cycle.timezone, language=language()),
    }
