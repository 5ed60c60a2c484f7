"""How many sessions were held, of how many, and who is registered: the sentences that every report begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from cycles.models import Session

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

    @classmethod
    def of(cls, sessions: Sequence[Session], *, at: dt.datetime) -> Held:
        """Count some sessions, without the drafts."""
        states = [each.status for each in sessions if each.status != Session.Status.DRAFT]
        cancelled = states.count(Session.Status.CANCELLED)
        return cls(
            held=len(held(sessions, at=at)),
            planned=len(states) - cancelled,
            cancelled=cancelled,
            postponed=states.count(Session.Status.POSTPONED),
        )

    @property
    def sentences(self) -> list[str]:
        words = ngettext(
            "%(held)d session held of %(planned)d", "%(held)d sessions held of %(planned)d", self.held
        )
        results = [words % {"held": self.held, "planned": self.planned}]
        if self.cancelled:
            words = ngettext("%(count)d session cancelled", "%(count)d sessions cancelled", self.cancelled)
            results.append(words % {"count": self.cancelled})
        if self.postponed:
            words = ngettext(
                "%(count)d session waits for a new date",
                "%(count)d sessions wait for a new date",
                self.postponed,
            )
            results.append(words % {"count": self.postponed})
        return results


def people_in_words(people: People) -> list[str]:
    """Say how many are registered and, apart, how many only wait."""
    words = ngettext("%(count)d person registered", "%(count)d people registered", people.registered)
    results = [words % {"count": people.registered}]
    if people.waiting:
        words = ngettext(
            "%(count)d person waiting, without any place",
            "%(count)d people waiting, without any place",
            people.waiting,
        )
        results.append(words % {"count": people.waiting})
    return results
