"""What came of a programme: its cycles beside each other, and everybody counted once across them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cycles.language import wording
from cycles.models import Cycle, Session
from desk.reports import report, shares
from desk.reports.chart import Chart, Row, drawn
from desk.reports.held import Held, people_in_words
from desk.reports.reach import Reach, reach
from desk.schedule.consequences import language
from registrations.attendance import noting
from registrations.booking import counting
from registrations.models import CycleRegistration, Registration, SourceCode, State

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Programme
    from desk.reports.report import Source
    from desk.reports.shares import Presence


@dataclass(frozen=True, kw_only=True)
class CycleLine:
    """One cycle of the programme."""

    cycle: Cycle
    people: counting.People
    sessions: Held
    presence: Presence | None
    # Places held at the sessions whose attendance was noted; where none was, at all of them.
    places: int

    @property
    def which(self) -> str:
        """Which run of its module it is: runs have one title; nothing for a cycle."""
        return _("Run %(number)s") % {"number": self.cycle.run_number} if self.cycle.is_run else ""

    @property
    def name(self) -> str:
        return " · ".join(filter(None, (str(self.cycle.title), self.which)))

    @property
    def period(self) -> str:
        if self.cycle.first_date is None or self.cycle.last_date is None:
            return ""
        return wording.period(self.cycle.first_date, self.cycle.last_date, language=language())

    @property
    def share(self) -> str:
        return self.presence.share.percent if self.presence else ""


@dataclass(frozen=True, kw_only=True)
class ProgrammeReport:
    programme: Programme
    lines: tuple[CycleLine, ...]
    chart: Chart | None
    sources: tuple[Source, ...]
    # Each person once, in however many cycles they are.
    people: counting.People
    sessions: Held
    presence: Presence | None
    reach: Reach

    @property
    def sentences(self) -> list[str]:
        results = [*people_in_words(self.people), *self.sessions.sentences]
        if self.presence is not None:
            results += self.presence.sentences
        return results + self.reach.sentences


def programme_report(programme: Programme, *, at: dt.datetime) -> ProgrammeReport:
    """Return what came of a programme until `at`, in ten queries whatever its size. Drafts are left out."""
    cycles = list(
        programme.cycles.exclude(status=Cycle.Status.DRAFT)
        .filter(is_external=False)
        .order_by("first_date", "slug")
    )
    ours = Cycle.objects.filter(pk__in=[cycle.pk for cycle in cycles])
    sessions = list(
        Session.objects.filter(cycle__in=ours)
        .exclude(status=Session.Status.DRAFT)
        .select_related("territory", "cycle")
        .in_order()
    )
    seated = dict(
        Registration.objects.confirmed()
        .filter(session__cycle__in=ours)
        .values_list("session")
        .annotate(count=Count("pk"))
        .order_by()
    )
    tallies = noting.tallies(session.pk for session in sessions)
    people = counting.people_by_cycle(ours)
    lines = []
    for cycle in cycles:
        own = [session for session in sessions if session.cycle_id == cycle.pk]
        known = [
            shares.presence(session, tallies[session.pk], registered=seated.get(session.pk, 0), at=at)
            for session in own
            if session.is_held
        ]
        presence = shares.together(each for each in known if each is not None)
        every_place = sum(seated.get(session.pk, 0) for session in own if session.is_held)
        lines.append(
            CycleLine(
                cycle=cycle,
                people=people.get(cycle.pk, counting.People(registered=0, waiting=0)),
                sessions=Held.of(own, at=at),
                presence=presence,
                places=presence.registered if presence is not None else every_place,
            )
        )
    entered = CycleRegistration.objects.filter(cycle__in=ours).exclude(state=State.PENDING)
    codes = dict(SourceCode.objects.filter(cycle__in=ours).values_list("code", "label"))
    return ProgrammeReport(
        programme=programme,
        lines=tuple(lines),
        chart=_chart(programme, lines),
        sources=report.sources(entered, codes),
        people=counting.people(ours),
        sessions=Held.of(sessions, at=at),
        presence=shares.together(line.presence for line in lines if line.presence is not None),
        reach=reach(ours, sessions),
    )


def _chart(programme: Programme, lines: list[CycleLine]) -> Chart | None:
    """Draw places and who came, cycle by cycle: whoever is in three sessions counts three times in both."""
    rows = [
        Row(
            label=line.name,
            number=str(place),
            when=line.period,
            title=line.name,
            registered=line.places,
            presence=line.presence,
        )
        for place, line in enumerate(lines, start=1)
    ]
    return drawn(str(programme), rows) if any(line.places for line in lines) else None


def header() -> list[str]:
    return [
        _("Cycle"),
        _("Dates"),
        _("Sessions held"),
        _("Sessions planned"),
        _("Sessions cancelled"),
        pgettext("people", "Registered"),
        _("Waiting"),
        _("Places at the sessions"),
        _("Came"),
        _("Of them without a place"),
        _("Share"),
    ]


def values(result: ProgrammeReport) -> list[tuple[object, ...]]:
    """Return the line of each cycle, for the files."""
    return [
        (
            line.name,
            line.period,
            line.sessions.held,
            line.sessions.planned,
            line.sessions.cancelled,
            line.people.registered,
            line.people.waiting,
            line.places,
            line.presence.came if line.presence else "",
            line.presence.without_place if line.presence else "",
            line.share,
        )
        for line in result.lines
    ]
