"""What the public pages show, worked out once before the template: states, dates in words, who illustrates what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import naming, wording
from .models import Cycle, CycleException, NewsLink, Resource, Segment, Session, SpeakerSlot
from .snapshots import next_midnight

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from i18nfield.strings import LazyI18nString

    from .models import News

OTHER_ZONES = (
    "America/Martinique",
    "America/Guadeloupe",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "America/Montreal",
)


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class DateBlock:
    """The little calendar leaf: weekday, day and month as short words."""

    weekday: str
    day: str
    month: str


def date_block(session: Session) -> DateBlock | None:
    date = session.local_date
    if date is None:
        return None
    return DateBlock(
        weekday=wording.weekday_name(date, language=language())[:3] + ".",
        day=str(date.day),
        month=wording.short_month_name(date, language=language()),
    )


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop of the line as it stands at a moment."""

    session: Session
    block: DateBlock | None
    state: str  # the class of look.md: done, next, live, todo, moved, cancelled, postponed
    state_word: str
    is_next: bool
    is_moved: bool
    planned: dt.date | None
    rank: str
    reason: LazyI18nString | None
    countdown: str
    slots: tuple[SpeakerSlot, ...]

    @property
    def css(self) -> str:
        """The classes of `li.stop`; a stop whose theme is unknown is lighter."""
        return f"{self.state}{'' if self.session.has_theme else ' todo'}"


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A date of the rule on which nothing is held, shown in its place on the line."""

    date: dt.date
    reason: LazyI18nString


def stop(
    session: Session,
    *,
    at: dt.datetime,
    is_next: bool = False,
    reasons: dict[dt.date, LazyI18nString] | None = None,
    slots: Iterable[SpeakerSlot] = (),
) -> Stop:
    """Return how a session stands at `at`; `reasons` says why planned dates were left, by date."""
    phase = session.phase(at=at)
    planned = session.planned_date if session.is_moved else None
    coming = phase in (Session.Phase.TENTATIVE, Session.Phase.CONFIRMED)
    state = "next" if is_next and coming else str(phase) if not coming else "moved" if planned else "todate"
    return Stop(
        session=session,
        block=date_block(session),
        state=state,
        state_word=_("next") if state == "next" else str(phase.label),
        is_next=is_next,
        is_moved=planned is not None,
        planned=planned,
        rank=wording.nth_in_words(session.local_date, language=language()) if session.local_date else "",
        reason=(reasons or {}).get(planned) if planned else None,
        countdown=(
            wording.countdown(at, session.starts_at, zone=session.cycle.timezone, language=language())
            if session.starts_at and coming
            else ""
        ),
        slots=tuple(slots),
    )


@dataclass(frozen=True, kw_only=True)
class Recap:
    """A recap with the title that it has or is given."""

    news: News
    title: str


@dataclass(frozen=True, kw_only=True)
class CyclePage:
    """Everything the page of a cycle shows."""

    cycle: Cycle
    line: tuple[Stop | Skipped, ...]
    next_stop: Stop | None
    planned_note: str
    recaps: tuple[Recap, ...]
    resources: tuple[Resource, ...]
    changes_at: dt.datetime


def cycle_page(cycle: Cycle, *, at: dt.datetime) -> CyclePage:
    """Gather the page of a cycle in a number of queries that does not depend on its sessions."""
    sessions = list(
        cycle.sessions.exclude(status=Session.Status.DRAFT).select_related("territory").in_order()
    )
    for session in sessions:
        session.cycle = cycle
    slots: dict[int, list[SpeakerSlot]] = {}
    for slot in (
        SpeakerSlot.objects.filter(segment__session__cycle=cycle)
        .exclude(state__in=(SpeakerSlot.State.DECLINED, SpeakerSlot.State.REPLACED))
        .select_related("segment__topic", "person__organisation", "organisation", "illustrates")
        .order_by("segment__session", "segment__order", "order")
    ):
        slots.setdefault(slot.segment.session_id, []).append(slot)
    exceptions = list(cycle.exceptions.all())
    reasons = {e.planned_date: e.reason for e in exceptions if str(e.reason)}
    coming = next_session(sessions, at=at)
    stops = [
        stop(s, at=at, is_next=s is coming, reasons=reasons, slots=slots.get(s.pk, ())) for s in sessions
    ]
    skipped = [
        Skipped(date=e.planned_date, reason=e.reason)
        for e in exceptions
        if e.kind == CycleException.Kind.SKIPPED
    ]
    links = NewsLink.objects.filter(
        session__cycle=cycle, relation=NewsLink.Relation.ABOUT, news__is_published=True
    ).select_related("news", "session")
    recaps: list[Recap] = []
    for link in links.order_by("-session__number", "pk"):
        if link.session is not None:
            link.session.cycle = cycle
            recaps.append(Recap(news=link.news, title=news_title(link.news, about=link.session)))
    resources = Resource.objects.filter(session__cycle=cycle).order_by("-session__number", "pk")
    return CyclePage(
        cycle=cycle,
        line=tuple(_in_place(stops, skipped)),
        next_stop=next((s for s in stops if s.is_next), None),
        planned_note=_planned_note(cycle, len(sessions)),
        recaps=tuple(recaps),
        resources=tuple(resources),
        changes_at=true_until(sessions, cycle=cycle, at=at),
    )


def next_session(sessions: Iterable[Session], *, at: dt.datetime) -> Session | None:
    """Return the first held session that has not ended."""
    held = [s for s in sessions if s.is_held and s.starts_at and s.ends_at and s.ends_at > at]
    return min(held, key=lambda s: (s.starts_at, s.pk), default=None)


def true_until(sessions: Iterable[Session], *, cycle: Cycle, at: dt.datetime) -> dt.datetime:
    """Return when the clock alone makes a page untrue: a session begins or ends, or midnight comes."""
    moments = [moment for s in sessions for moment in (s.starts_at, s.ends_at) if moment and moment > at]
    return min([*moments, next_midnight(at, zone=cycle.zone)])


def _in_place(stops: list[Stop], skipped: list[Skipped]) -> list[Stop | Skipped]:
    """Return the line with each skipped date before the first later stop."""
    line: list[Stop | Skipped] = []
    waiting = sorted(skipped, key=lambda s: s.date)
    for item in stops:
        planned = item.session.planned_date or item.session.local_date
        while waiting and planned and waiting[0].date < planned:
            line.append(waiting.pop(0))
        line.append(item)
    return [*line, *waiting]


def _planned_note(cycle: Cycle, count: int) -> str:
    if cycle.planned_count is None or cycle.planned_count == count:
        return ""
    return _("%(count)d of %(planned)d planned are listed so far.") % {
        "count": count,
        "planned": cycle.planned_count,
    }


@dataclass(frozen=True, kw_only=True)
class ZoneTime:
    """A session's hours where other readers live."""

    place: str
    text: str


def other_zones(session: Session) -> tuple[ZoneTime, ...]:
    """Return the hours in the overseas territories and Québec; weekday shown when it is another day there."""
    if session.starts_at is None or session.ends_at is None or session.is_all_day:
        return ()
    found = []
    for zone in OTHER_ZONES:
        hours = wording.hours(session.starts_at, session.ends_at, zone=zone, language=language())
        day = session.starts_at.astimezone(ZoneInfo(zone)).date()
        if day != session.local_date:
            hours = f"{wording.long_date(day, language=language())}, {hours}"
        found.append(ZoneTime(place=wording.zone_name(zone, language=language()), text=hours))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """Everything the page of a session shows."""

    stop: Stop
    segments: tuple[Segment, ...]
    zones: tuple[ZoneTime, ...]
    previous: Session | None
    following: Session | None
    recap: News | None
    resources: tuple[Resource, ...]
    is_registrable: bool
    changes_at: dt.datetime


def session_page(session: Session, *, at: dt.datetime) -> SessionPage:
    """Gather the page of a session; the number of queries does not depend on anything's number."""
    cycle = session.cycle
    segments = tuple(
        session.segments.select_related("topic").prefetch_related(
            Prefetch(
                "slots",
                SpeakerSlot.objects.exclude(
                    state__in=(SpeakerSlot.State.DECLINED, SpeakerSlot.State.REPLACED)
                ).select_related("person__organisation", "organisation", "illustrates"),
            )
        )
    )
    line = list(
        cycle.sessions.exclude(status=Session.Status.DRAFT)
        .in_order()
        .only(
            "slug", "number", "title", "has_theme", "status", "starts_at", "ends_at", "planned_date", "cycle"
        )
    )
    for other in line:
        other.cycle = cycle
    place = next(i for i, other in enumerate(line) if other.pk == session.pk)
    reasons = {}
    if session.planned_date and session.is_moved:
        exceptions = CycleException.objects.filter(cycle=cycle, planned_date=session.planned_date)
        reasons = {e.planned_date: e.reason for e in exceptions if str(e.reason)}
    about = (
        NewsLink.objects.filter(session=session, relation=NewsLink.Relation.ABOUT, news__is_published=True)
        .select_related("news")
        .first()
    )
    coming = next_session(line, at=at)
    return SessionPage(
        stop=stop(session, at=at, is_next=bool(coming and coming.pk == session.pk), reasons=reasons),
        segments=segments,
        zones=other_zones(session),
        previous=line[place - 1] if place else None,
        following=line[place + 1] if place + 1 < len(line) else None,
        recap=about.news if about else None,
        resources=tuple(session.resources.all()),
        is_registrable=is_registrable(session, at=at),
        changes_at=true_until([session], cycle=cycle, at=at),
    )


def is_registrable(session: Session, *, at: dt.datetime) -> bool:
    """Say whether the page offers to register: held, not over, in a cycle that registers here and now."""
    return (
        takes_registrations(session.cycle, at=at)
        and session.is_held
        and bool(session.ends_at and session.ends_at > at)
    )


def takes_registrations(cycle: Cycle, *, at: dt.datetime) -> bool:
    """Say whether a cycle registers people here at `at`: published, ours, open, inside its window."""
    return (
        cycle.status == Cycle.Status.PUBLISHED
        and not cycle.is_external
        and cycle.kind == Cycle.Kind.WEBINAR
        and cycle.registration_mode != Cycle.RegistrationMode.CLOSED
        and (cycle.registration_opens_at is None or cycle.registration_opens_at <= at)
        and (cycle.registration_closes_at is None or at < cycle.registration_closes_at)
    )


def news_title(news: News, *, about: Session | None = None) -> str:
    """Return a post's title; a recap without one is called after its session."""
    if str(news.title):
        return str(news.title)
    if about is not None:
        return _("Looking back on %(title)s") % {"title": naming.session_title(about)}
    for link in news.links.all():
        if link.relation == NewsLink.Relation.ABOUT:
            target = link.target
            if isinstance(target, Session):
                return _("Looking back on %(title)s") % {"title": naming.session_title(target)}
            return f"{news.get_kind_display().capitalize()}{_(': ')}{target}"
    return news.get_kind_display().capitalize()


def news_address(news: News) -> str:
    return reverse("cycles:news-detail", args=[news.slug])
