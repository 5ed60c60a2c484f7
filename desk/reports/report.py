"""What came of a cycle, or of one session: registrations by day and by source, who came, who came back.

Only counts, never names: everyone who may see the cycle may read it. What a share is of is said in `shares`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.alphabet import sort_key
from cycles.language import naming, wording
from cycles.models import Cycle, Session
from desk.reports import opinions, shares, words
from desk.reports.chart import Chart, chart
from desk.reports.held import Held, held, people_in_words
from desk.reports.reach import Reach, reach
from desk.reports.shares import Share
from desk.schedule.consequences import language
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from registrations.booking import counting
from registrations.models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from django.db.models import QuerySet

    from desk.reports.opinions import Opinion
    from desk.reports.shares import Presence

HEIGHT = 96
WIDTH = 600
GAP = 1
# Longer than this the days are told by the week.
MOST_DAYS = 62
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """How many registered on a day, or in the week that begins with it, and how many had until then."""

    day: dt.date
    label: str
    count: int
    total: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Days:
    """Registrations over time: a drawing and a table of the same numbers."""

    bars: tuple[Bar, ...]
    is_weekly: bool

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT + 1}"


@dataclass(frozen=True, kw_only=True)
class Source:
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Back:
    """Of those who came to one stop, how many came to the next one that was held."""

    label: str
    following: str
    share: Share


@dataclass(frozen=True, kw_only=True)
class Loyalty:
    """Who came how often: `several` is who came at least twice, of all who came at all."""

    times: tuple[tuple[int, int], ...]
    back: tuple[Back, ...]
    several: Share


@dataclass(frozen=True, kw_only=True)
class CycleReport:
    cycle: Cycle
    chart: Chart | None
    days: Days
    sources: tuple[Source, ...]
    loyalty: Loyalty | None
    people: counting.People
    sessions: Held
    presence: Presence | None
    reach: Reach
    opinions: tuple[Opinion, ...] = ()

    @property
    def terms(self) -> words.Words:
        """What its sessions are called."""
        return words.of(self.cycle)

    @property
    def sentences(self) -> list[str]:
        """The report in a few sentences, each with its numbers."""
        results = [*people_in_words(self.people), *self.sessions.sentences]
        if self.presence is not None:
            results += self.presence.sentences
        if self.loyalty is not None:
            results.append(_("came at least twice: %(share)s") % {"share": self.loyalty.several})
        return results + self.reach.sentences + [opinion.sentence for opinion in self.opinions]


def cycle_report(cycle: Cycle, *, at: dt.datetime) -> CycleReport:
    """Return what came of a cycle until `at`, in ten queries whatever its size, and a few for each survey."""
    entered = cycle.registrations.exclude(state=State.PENDING)
    drawn = chart(cycle, at=at)
    sessions = list(
        cycle.sessions.exclude(status=Session.Status.DRAFT).select_related("territory").in_order()
    )
    known = [column.presence for column in drawn.columns if column.presence] if drawn else []
    one = Cycle.objects.filter(pk=cycle.pk)
    return CycleReport(
        cycle=cycle,
        chart=drawn,
        days=_days(entered, "requested_at", zone=cycle.zone),
        sources=sources(entered, dict(cycle.source_codes.values_list("code", "label"))),
        loyalty=_loyalty(cycle, held(sessions, at=at)),
        people=counting.people(one),
        sessions=Held.of(sessions, at=at, kind=cycle.kind),
        presence=shares.together(known),
        reach=reach(one, sessions),
        opinions=opinions.of_cycle(cycle, at=at),
    )


@dataclass(frozen=True, kw_only=True)
class SessionReport:
    session: Session
    days: Days
    sources: tuple[Source, ...]
    sentences: tuple[str, ...]
    opinions: tuple[Opinion, ...]


def session_report(session: Session, *, at: dt.datetime) -> SessionReport:
    """Return what came of a session until `at`, in seven queries whatever its size."""
    rows = Registration.objects.filter(session=session)
    states = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    people = CycleRegistration.objects.filter(registrations__session=session).exclude(state=State.PENDING)
    seated = states.get(State.CONFIRMED, 0)
    results = [
        ngettext("%(count)d person registered", "%(count)d people registered", seated) % {"count": seated}
    ]
    if waiting := states.get(State.WAITLISTED, 0):
        results.append(ngettext("%(count)d waiting", "%(count)d waiting", waiting) % {"count": waiting})
    if gone := states.get(State.CANCELLED, 0):
        results.append(
            ngettext("%(count)d gave the place back", "%(count)d gave the place back", gone) % {"count": gone}
        )
    tally = noting.tallies([session.pk])[session.pk]
    presence = shares.presence(session, tally, registered=seated, at=at)
    if presence is not None:
        results += presence.sentences
    said = opinions.of_session(session, at=at)
    results += [opinion.sentence for opinion in said]
    return SessionReport(
        session=session,
        days=_days(rows.exclude(confirmed_at=None), "confirmed_at", zone=session.zone),
        sources=sources(people, dict(session.cycle.source_codes.values_list("code", "label"))),
        sentences=tuple(results),
        opinions=said,
    )


def _days(rows: QuerySet[Any], column: str, *, zone: dt.tzinfo) -> Days:
    """Return how many rows each local day brought, or each week where that would be too many days."""
    counted = (
        rows.order_by()
        .annotate(day=TruncDate(column, tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    by_day: Counter[dt.date] = Counter(dict(counted.order_by("day")))
    if not by_day:
        return Days(bars=(), is_weekly=False)
    first, last = min(by_day), max(by_day)
    is_weekly = (last - first).days >= MOST_DAYS
    step = WEEK if is_weekly else dt.timedelta(days=1)
    if is_weekly:
        first -= dt.timedelta(days=first.weekday())
        by_week: Counter[dt.date] = Counter()
        for day, count in by_day.items():
            by_week[day - dt.timedelta(days=day.weekday())] += count
        by_day = by_week
    days = [first + number * step for number in range((last - first) // step + 1)]
    most, width = max(by_day.values()), max(WIDTH // len(days), GAP + 1)
    bars, total = [], 0
    for number, day in enumerate(days):
        count = by_day[day]
        total += count
        height = max(round(count / most * HEIGHT), 1 if count else 0)
        bars.append(
            Bar(
                day=day,
                label=wording.short_date(day, language=language()),
                count=count,
                total=total,
                x=number * width,
                y=HEIGHT - height,
                width=min(width - GAP, 24),
                height=height,
            )
        )
    return Days(bars=tuple(bars), is_weekly=is_weekly)


def sources(rows: QuerySet[CycleRegistration], labels: dict[str, str]) -> tuple[Source, ...]:
    """Return where people came from, most first: a partner's code, an organiser, a list, the form itself."""
    counted = rows.order_by().values_list("source", "source_code").annotate(count=Count("pk", distinct=True))
    result: Counter[str] = Counter()
    for source, code, count in counted:
        label = f"{labels[code]} ({code})" if labels.get(code) else code
        result[label or str(CycleRegistration.Source(source).label)] += count
    return tuple(
        Source(label=label, count=count)
        for label, count in sorted(result.items(), key=lambda pair: (-pair[1], sort_key(pair[0])))
    )


def _loyalty(cycle: Cycle, held: Sequence[Session]) -> Loyalty | None:
    """Return who came how often and who came back, reading attendance person by person, never all at once."""
    rows = (
        Attendance.objects.filter(
            registration__session__cycle=cycle, half_day=noting.HALF_DAY, state__in=noting.CAME
        )
        .order_by("registration__cycle_registration")
        .values_list("registration__cycle_registration", "registration__session")
    )
    place = {session.pk: number for number, session in enumerate(held)}
    times: Counter[int] = Counter()
    at_stop: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for attended in _by_person(rows.iterator(chunk_size=5000)):
        stops = {place[pk] for pk in attended if pk in place}
        if stops:
            times[len(stops)] += 1
        at_stop.update(stops)
        again.update(stop for stop in stops if stop + 1 in stops)
    if not times:
        return None
    # A stop whose attendance nobody noted says nothing about who came back.
    noted = [number for number in range(len(held)) if at_stop[number]]
    labels = [
        # Half-days may be of one day.
        naming.session_label(s)
        if cycle.is_run
        else wording.short_date(s.starts_at.astimezone(s.zone).date(), language=language())
        if s.starts_at
        else ""
        for s in held
    ]
    return Loyalty(
        times=tuple(sorted(times.items())),
        back=tuple(
            Back(
                label=labels[number],
                following=labels[number + 1],
                share=Share(part=again[number], whole=at_stop[number]),
            )
            for number in noted
            if number + 1 in noted
        ),
        several=Share(part=sum(n for count, n in times.items() if count > 1), whole=sum(times.values())),
    )


def _by_person(rows: Iterable[tuple[int, int]]) -> Iterable[set[int]]:
    """Yield the sessions of one person after the other; the rows come ordered by person."""
    person, attended = None, set[int]()
    for who, session in rows:
        if who != person:
            if attended:
                yield attended
            person, attended = who, set()
        attended.add(session)
    if attended:
        yield attended


def header(cycle: Cycle) -> list[str]:
    return [
        words.of(cycle).one,
        _("Date"),
        pgettext("people", "Registered"),
        _("Came"),
        _("Of them without a place"),
        _("Share"),
        _("State"),
    ]


def values(drawn: Chart | None) -> list[tuple[object, ...]]:
    """Return the line of each stop, or of each cycle, for the files."""
    return [
        (
            column.label,
            column.when,
            "" if column.status else column.registered,
            "" if column.came is None else column.came,
            column.presence.without_place if column.presence else "",
            column.share,
            column.status,
        )
        for column in (drawn.columns if drawn else ())
    ]
