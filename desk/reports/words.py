"""What a report calls the sessions of a cycle: half-days of a run, days of a daily cycle, sessions of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.models import Cycle

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one kind of cycle, in the active language.

    `one` heads the column of their names, `drawn` their drawing, `attended` a count of them, `back` who came to the
    next; `each` heads their list, and `more` says how many it leaves out.
    """

    one: str
    drawn: str
    attended: str
    back: str
    each: str
    more: Callable[[int], str]


def of(cycle: Cycle) -> Words:
    """Return the words of a cycle."""
    return {Cycle.Kind.RUN.value: _of_run, Cycle.Kind.DAILY.value: _of_days}.get(cycle.kind, _of_sessions)()


def _of_run() -> Words:
    return Words(
        one=_("Half-day"),
        drawn=_("Registered and present, half-day by half-day"),
        attended=_("Half-days"),
        back=_("Of those who came to a half-day, who came to the next one:"),
        each=_("Half-day by half-day"),
        more=lambda left: ngettext("And %(count)d more half-day.", "And %(count)d more half-days.", left),
    )


def _of_days() -> Words:
    return Words(
        one=_("Day"),
        drawn=_("Registered and present, day by day"),
        attended=_("Days"),
        back=_("Of those who came on a day, who came on the next one:"),
        each=_("Day by day"),
        more=lambda left: ngettext("And %(count)d more day.", "And %(count)d more days.", left),
    )


def _of_sessions() -> Words:
    return Words(
        one=_("Session"),
        drawn=_("Registered and present, session by session"),
        attended=_("Sessions attended"),
        back=_("Of those who came to a session, who came to the next one:"),
        each=_("Session by session"),
        more=lambda left: ngettext("And %(count)d more session.", "And %(count)d more sessions.", left),
    )


def held(kind: str, *, held: int, planned: int) -> str:
    """Say how many sessions of a kind of cycle were held; "" for those of several kinds together."""
    if kind == Cycle.Kind.RUN:
        words = ngettext(
            "%(held)d half-day held of %(planned)d", "%(held)d half-days held of %(planned)d", held
        )
    elif kind == Cycle.Kind.DAILY:
        words = ngettext("%(held)d day past of %(planned)d", "%(held)d days past of %(planned)d", held)
    else:
        words = ngettext(
            "%(held)d session held of %(planned)d", "%(held)d sessions held of %(planned)d", held
        )
    return words % {"held": held, "planned": planned}


def cancelled(kind: str, *, count: int) -> str:
    if kind == Cycle.Kind.RUN:
        words = ngettext("%(count)d half-day cancelled", "%(count)d half-days cancelled", count)
    elif kind == Cycle.Kind.DAILY:
        words = ngettext("%(count)d day cancelled", "%(count)d days cancelled", count)
    else:
        words = ngettext("%(count)d session cancelled", "%(count)d sessions cancelled", count)
    return words % {"count": count}


def postponed(kind: str, *, count: int) -> str:
    if kind == Cycle.Kind.RUN:
        words = ngettext(
            "%(count)d half-day waits for a new date", "%(count)d half-days wait for a new date", count
        )
    elif kind == Cycle.Kind.DAILY:
        words = ngettext("%(count)d day waits for a new date", "%(count)d days wait for a new date", count)
    else:
        words = ngettext(
            "%(count)d session waits for a new date", "%(count)d sessions wait for a new date", count
        )
    return words % {"count": count}
