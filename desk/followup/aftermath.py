"""What follows a session: who came, and which mails go to how many people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import periods
from cycles.language import wording
from cycles.schedule import planning
from desk.mail.kind_words import audience_in_words, message_in_words
from desk.reminders import line
from desk.reports.shares import Presence
from desk.schedule.consequences import language, step_in_words
from notifications.models import Occurrence
from notifications.notices import recaps
from notifications.plan import audiences
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from registrations.models import Registration

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session

RECAP_STATES = {
    Occurrence.State.PLANNED: "planned",
    Occurrence.State.OPEN: "sending",
    Occurrence.State.CLOSED: "sent",
    Occurrence.State.MISSED: "missed",
    Occurrence.State.CANCELLED: "stopped",
}


@dataclass(frozen=True, kw_only=True)
class Came:
    """Who of those registered came to a session, in numbers; `unknown` are those of whom nothing is known."""

    registered: int
    present: int
    partial: int
    absent: int
    unknown: int
    # A sentence, or none, about those who came without a place.
    apart: list[str]

    @property
    def is_known(self) -> bool:
        return self.present + self.partial + self.absent > 0 or bool(self.apart)


def attendance(session: Session) -> Came:
    """Return the figures of a session, in three queries."""
    registered = Registration.objects.confirmed().filter(session=session).count()
    tally = noting.tallies([session.pk])[session.pk]
    presence = Presence(registered=registered, came=tally.came, without_place=tally.came_without_place)
    states = tally.states - tally.unplaced
    return Came(
        registered=registered,
        present=states[Attendance.State.PRESENT],
        partial=states[Attendance.State.PARTIAL],
        absent=states[Attendance.State.ABSENT] + states[Attendance.State.EXCUSED],
        unknown=max(registered - tally.known, 0),
        apart=presence.without_place_in_words,
    )


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail that follows a session: which, when, what became of it, and for how many people as things stand."""

    label: str
    when: str
    state: str
    people: int


def mails(session: Session, *, at: dt.datetime) -> list[Mail]:
    """Return the mails that follow a session in the order of leaving, the recap's last; a query each counts people."""
    results = [
        Mail(
            label=_("%(when)s · %(kind)s, %(audience)s")
            % {
                "when": step_in_words(row.step),
                "kind": message_in_words(row.step.kind, session.cycle),
                "audience": audience_in_words(row.step.audience, session.cycle),
            },
            when=row.when,
            state=row.state_word,
            people=row.people or 0,
        )
        for row in line.lines(session, at=at, only_after=True)
        if row.step.is_enabled
    ]
    return [*results, _recap(session, at=at)]


def _recap(session: Session, *, at: dt.datetime) -> Mail:
    mailing = (
        Occurrence.objects.filter(kind="recap", session=session).select_related("session__cycle").first()
    )
    asked = mailing or Occurrence(
        kind="recap", session=session, due_at=at + planning.grace(), not_after=at + recaps.LIVES
    )
    return Mail(
        label=_("The recap, to everyone registered for the cycle"),
        when=_moment(mailing.due_at, session)
        if mailing
        else _("%(grace)s after it is published") % {"grace": periods.in_words(planning.grace())},
        people=audiences.of(asked).count(),
        state=line.state_in_words(RECAP_STATES[Occurrence.State(mailing.state)]) if mailing else "",
    )


def _moment(due: dt.datetime, session: Session) -> str:
    return wording.short_when(due, zone=session.cycle.timezone, language=language())
