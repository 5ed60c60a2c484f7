"""One search for everything that an organiser may open: pages of the desk, cycles, sessions, contents, people.

What is written is compared without accents and capitals, in both languages, every word of the question anywhere in it.
People registered are looked for by the database (there may be very many), where capitals make no difference; whether
accents do is up to it. Nothing is found that the page behind it would refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from cycles import access, models
from cycles.language import naming, wording
from desk.content.editors.kinds import KINDS
from desk.people.registrants import named
from desk.schedule.consequences import language
from registrations.models import CycleRegistration
from registrations.tables.headings import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from accounts.models import User
    from cycles.models import Cycle, Session
    from desk.content.editors.kinds import Kind

Found = TypeVar("Found")

MOST = 8
LONGEST = 100
# The pages of a cycle by the names of their tabs, and the right that each asks for.
PAGES: tuple[tuple[str, _StrPromise, access.Right], ...] = (
    ("desk:cycle-plan", gettext_lazy("Plan"), access.Right.PLAN),
    ("desk:reminders", gettext_lazy("Reminders"), access.Right.SEE),
    ("desk:messages", gettext_lazy("Texts of mails"), access.Right.PLAN),
    ("desk:registration", gettext_lazy("Registration"), access.Right.PLAN),
    ("desk:calendars", gettext_lazy("Calendars"), access.Right.SEE),
    ("desk:cycle-report", gettext_lazy("Report"), access.Right.SEE),
    ("desk:registrants", gettext_lazy("People registered"), access.Right.PEOPLE),
    ("desk:group-messages", gettext_lazy("Messages to groups"), access.Right.PLAN),
    ("desk:deliveries", gettext_lazy("Mails"), access.Right.PEOPLE),
)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something found: what it is called, what is said of it, where it opens."""

    name: str
    about: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was found of one sort, the first few; `more` are the lists that have all of it, (name, address) each."""

    title: str
    hits: tuple[Hit, ...]
    count: int
    more: tuple[tuple[str, str], ...] = ()


def find(text: str, *, user: User | AnonymousUser) -> list[Group]:
    """Return what fits a text, sort by sort; nothing for an empty one."""
    text = text.strip()[:LONGEST]
    words = plain(text).split()
    if not words:
        return []
    cycles = {
        right: list(access.cycles(user, right=right).select_related("programme").distinct())
        for right in (access.Right.SEE, access.Right.PLAN, access.Right.PEOPLE)
    }
    groups = [
        _group(_("Cycles"), _fitting(words, map(_cycle, cycles[access.Right.SEE]))),
        _group(_("Stops and sessions"), _fitting(words, _sessions(cycles[access.Right.SEE]))),
        _group(_("Pages"), _fitting(words, _pages(cycles))),
        _people(text, cycles[access.Right.PEOPLE]),
        *_contents(text, words, user),
    ]
    return [group for group in groups if group.hits]


def _group(title: str, hits: list[Hit], *, more: str = "") -> Group:
    lists = ((title, more),) if more and len(hits) > MOST else ()
    return Group(title=title, hits=tuple(hits[:MOST]), count=len(hits), more=lists)


def _fitting(
    words: list[str], found: Iterable[tuple[str, Found]], *, name: Callable[[Any], str] = attrgetter("name")
) -> list[Found]:
    """Keep what has every word somewhere in its text; what begins with the first one comes first."""
    kept = [
        (not text.startswith(words[0]), name(each), each)
        for text, each in ((plain(text), each) for text, each in found)
        if all(w in text for w in words)
    ]
    return [each for _later, _name, each in sorted(kept, key=itemgetter(0, 1))]


def _all(text: LazyI18nString | str) -> str:
    """Return a text in all the languages that it has."""
    data = text.data if isinstance(text, LazyI18nString) else text
    return " ".join(filter(None, data.values())) if isinstance(data, dict) else str(data or "")


def _cycle(cycle: Cycle) -> tuple[str, Hit]:
    programme = str(cycle.programme.title) if cycle.programme else ""
    hit = Hit(name=str(cycle.title), about=programme, url=reverse("desk:cycle-detail", args=[cycle.slug]))
    return _all(cycle.title), hit


def _sessions(cycles: list[Cycle]) -> Iterable[tuple[str, Hit]]:
    by_pk = {cycle.pk: cycle for cycle in cycles}
    for session in models.Session.objects.filter(cycle__in=by_pk).order_by("starts_at", "pk"):
        session.cycle = by_pk[session.cycle_id]
        when = _when(session)
        hit = Hit(
            name=naming.session_title(session),
            about=" · ".join(filter(None, (when, str(session.cycle.title)))),
            url=reverse("desk:session-edit", args=[session.cycle.slug, session.slug]),
        )
        yield (
            " ".join((naming.session_title(session), _all(session.title), when, str(session.cycle.title))),
            hit,
        )


def _when(session: Session) -> str:
    date = session.local_date
    return wording.long_date(date, language=language()) if date else ""


def _pages(cycles: dict[access.Right, list[Cycle]]) -> Iterable[tuple[str, Hit]]:
    for address, name, right in PAGES:
        for cycle in cycles[right]:
            hit = Hit(name=str(name), about=str(cycle.title), url=reverse(address, args=[cycle.slug]))
            yield f"{name} {_all(cycle.title)}", hit


def _people(text: str, cycles: list[Cycle]) -> Group:
    """Return people registered in these cycles, each with the cycle; the newest first."""
    rows = CycleRegistration.objects.filter(cycle__in=cycles, participant__anonymised_at=None)
    for word in text.split():
        rows = rows.filter(named(word))
    counts = dict(rows.order_by().values_list("cycle").annotate(count=Count("pk")))
    found = rows.select_related("participant", "cycle").order_by("-requested_at", "-pk")[:MOST]
    hits = [
        Hit(
            name=str(row.person),
            about=f"{row.participant.email} · {row.cycle.title}",
            url=reverse("desk:registrant", args=[row.cycle.slug, row.pk]),
        )
        for row in found
    ]
    count = sum(counts.values())
    # The table of people is a cycle's own: one list for each cycle in which somebody fits.
    lists = (
        (
            f"{cycle.title} ({counts[cycle.pk]})",
            f"{reverse('desk:registrants', args=[cycle.slug])}?{urlencode({'q': text})}",
        )
        for cycle in cycles
        if count > MOST and cycle.pk in counts
    )
    return Group(title=_("People registered"), hits=tuple(hits), count=count, more=tuple(lists))


def _contents(text: str, words: list[str], user: User | AnonymousUser) -> Iterable[Group]:
    for kind in KINDS.values():
        if kind.model is models.Cycle:
            continue
        hits = _fitting(
            words,
            (
                (
                    _words_of(kind, row),
                    Hit(
                        name=kind.label(row),
                        about="",
                        url=reverse("desk:content-edit", args=[kind, row.slug]),
                    ),
                )
                for row in writable(kind, user)
            ),
        )
        more = f"{reverse('desk:content-list', args=[kind])}?{urlencode({'q': text})}"
        yield _group(str(kind.title), hits, more=more)


def writable(kind: Kind, user: User | AnonymousUser) -> QuerySet[Any]:
    """Return everything of a kind that someone may write, with what its names are made of."""
    rows = access.content(user, kind.model).distinct()
    return rows.prefetch_related("links__session__cycle") if kind.model is models.News else rows


def fitting(kind: Kind, rows: Iterable[Any], text: str) -> list[Any]:
    """Keep the rows of a kind that the search finds for a text, in its order."""
    words = plain(text[:LONGEST]).split()
    if not words:
        return []
    return _fitting(words, ((_words_of(kind, row), row) for row in rows), name=kind.label)


def _words_of(kind: Kind, row: Any) -> str:
    """Return all that a thing is called, in every language."""
    names = (getattr(row, name, "") for name in ("title", "name", "full_name", "role"))
    return " ".join((kind.label(row), *map(_all, names)))
