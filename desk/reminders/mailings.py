"""The mailings of some sessions before and after a write that is only tried: what comes, what goes, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Q

from accounts.dry_run import dry_run
from notifications.mail.kinds import NOTICES
from notifications.models import Delivery, Occurrence

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# By session and line of the plan, in the order in which they leave.
ByLine = dict[tuple[int, str], Occurrence]


@dataclass(frozen=True, kw_only=True)
class Mailings:
    """Mailings as they stand: those of the plan by state, and the notices of changes that wait."""

    planned: ByLine
    missed: ByLine
    leaving: frozenset[int]
    notices: tuple[Occurrence, ...]


@dataclass(frozen=True, kw_only=True)
class Tried(Generic[T]):
    """What a write returned, the mailings before it and after it, and how many reminders no longer wait to leave."""

    result: T
    before: Mailings
    after: Mailings
    withdrawn_mails: int

    @property
    def followed(self) -> int:
        """How many planned mailings are planned still, at whatever hour."""
        return len(self.before.planned.keys() & self.after.planned.keys())

    @property
    def withdrawn(self) -> int:
        """How many mailings that were planned or leaving are neither any more."""
        gone = self.before.planned.keys() - self.after.planned.keys()
        return len(gone) + len(self.before.leaving - self.after.leaving)


def tried(verb: Callable[[], T], **which: Any) -> Tried[T]:
    """Run a write and take it back; return what becomes of the mailings of the sessions that `which` chooses.

    `which` are look-ups of a mailing's session: `session__in` or `session__cycle`. Four queries beside the verb's. What
    the verb raises passes through.
    """

    def looked_at() -> Tried[T]:
        before, waited = mailings(**which), waiting(**which)
        result = verb()
        return Tried(
            result=result,
            before=before,
            after=mailings(**which),
            withdrawn_mails=max(waited - waiting(**which), 0),
        )

    return dry_run(looked_at).result


def mailings(**which: Any) -> Mailings:
    """Return the mailings of sessions that `which` chooses, as for `tried`; one query."""
    states = Occurrence.State
    of_plan = Q(step__isnull=False, state__in=(states.PLANNED, states.OPEN, states.MISSED))
    notices = Q(kind__in=NOTICES, state=states.PLANNED)
    rows = (
        Occurrence.objects.filter(of_plan | notices, **which)
        .select_related("step", "session__cycle")
        .order_by("due_at", "pk")
    )
    planned: ByLine = {}
    missed: ByLine = {}
    leaving, told = set(), []
    for row in rows:
        if row.step is not None:
            row.step.cycle = row.session.cycle
        if row.step is None:
            told.append(row)
        elif row.state == states.OPEN:
            leaving.add(row.pk)
        elif row.state == states.PLANNED:
            planned[row.session_id, row.step.code] = row
        else:
            missed[row.session_id, row.step.code] = row
    return Mailings(planned=planned, missed=missed, leaving=frozenset(leaving), notices=tuple(told))


def waiting(**which: Any) -> int:
    """Count the reminders that wait to leave."""
    pending = Delivery.objects.filter(occurrence__step__isnull=False, state=Delivery.State.PENDING, **which)
    return pending.count()
