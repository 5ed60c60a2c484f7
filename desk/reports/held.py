"""How many sessions were held, of how many, and who is registered: the sentences that every report begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from cycles.models import Session
from desk.reports import words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from registrations.booking.counting import People


def held(sessions: Iterable[Session], *, at: dt.datetime) -> list[Session]:
    """Return the sessions that were held and are over."""
    return [each for each in sessions if each.is_held and each.ends_at is not None and each.ends_at <= at]


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many sessions were held, of how many that are to be; the cancelled and postponed ones are counted apart."""

    held: int
    planned: int
    cancelled: int
    postponed: int
    # Of which kind of cycle they are; "" for those of several.
    kind: str = field(default="", compare=False)

    @classmethod
    def of(cls, sessions: Sequence[Session], *, at: dt.datetime, kind: str = "") -> Held:
        """Count some sessions, without the drafts."""
        states = [each.status for each in sessions if each.status != Session.Status.DRAFT]
        cancelled = states.count(Session.Status.CANCELLED)
        return cls(
            held=len(held(sessions, at=at)),
            planned=len(states) - cancelled,
            cancelled=cancelled,
            postponed=states.count(Session.Status.POSTPONED),
            kind=kind,
        )

    @property
    def sentences(self) -> list[str]:
        results = [words.held(self.kind, held=self.held, planned=self.planned)]
        if self.cancelled:
            results.append(words.cancelled(self.kind, count=self.cancelled))
        if self.postponed:
            results.append(words.postponed(self.kind, count=self.postponed))
        return results


def people_in_words(people: People) -> list[str]:
    """Say how many are registered and, apart, how many only wait."""
    registered = ngettext("%(count)d person registered", "%(count)d people registered", people.registered)
    results = [registered % {"count": people.registered}]
    if people.waiting:
        waiting = ngettext(
            "%(count)d person waiting, without any place",
            "%(count)d people waiting, without any place",
            people.waiting,
        )
        results.append(waiting % {"count": people.waiting})
    return results
