"""Shares of people, told with both of their numbers: the one place that says what a share is of.

Who came is counted among those who had a place, so that no share is above all of them; whoever came without one (the
place given back, or still waited for) is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import wording
from desk.schedule.consequences import language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models import Session
    from registrations.attendance import noting

# Under this number of people no share is told: it would say something about persons.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many, in words; `percent` is empty where it would be told of fewer than five people."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        if self.whole < FEWEST:
            return ""
        return wording.percent(self.part, self.whole, language=language())

    def __str__(self) -> str:
        result = _("%(part)d of %(whole)d") % {"part": self.part, "whole": self.whole}
        return f"{result} ({self.percent})" if self.percent else result


@dataclass(frozen=True, kw_only=True)
class Presence:
    """How many came to a session, or to several, of how many who had a place; `came` is everybody who was there."""

    registered: int
    came: int
    without_place: int

    @property
    def share(self) -> Share:
        return Share(part=self.came - self.without_place, whole=self.registered)

    @property
    def sentences(self) -> list[str]:
        result = [_("present when registered: %(share)s") % {"share": self.share}] if self.registered else []
        return result + self.without_place_in_words

    @property
    def without_place_in_words(self) -> list[str]:
        """One sentence, or none where everybody had a place."""
        if not self.without_place:
            return []
        words = ngettext(
            "%(count)d person came without a place",
            "%(count)d people came without a place",
            self.without_place,
        )
        return [words % {"count": self.without_place}]


def presence(session: Session, tally: noting.Tally, *, registered: int, at: dt.datetime) -> Presence | None:
    """Return who came to a session; None while it is not over, or nobody noted anything."""
    is_over = session.ends_at is not None and session.ends_at <= at
    if not is_over or not tally.is_noted:
        return None
    return Presence(registered=registered, came=tally.came, without_place=tally.came_without_place)


def together(presences: Iterable[Presence]) -> Presence | None:
    """Return several sessions taken together, None for none."""
    results = list(presences)
    if not results:
        return None
    return Presence(
        registered=sum(each.registered for each in results),
        came=sum(each.came for each in results),
        without_place=sum(each.without_place for each in results),
    )
