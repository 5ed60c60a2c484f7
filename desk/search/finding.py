"""One search for everything that an organiser may open: pages of the desk, cycles, sessions, contents, people.

What is written is compared without accents and capitals, in both languages, every word of the question anywhere in it
(cycles.language.searching). Of people registered capitals make no difference; accents are up to the database. Nothing
is found that the page behind it would refuse.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from cycles import access, models
from cycles.language import naming, wording
from cycles.language.searching import plain
from desk.content.editors.kinds import KINDS
from desk.people.registrants import named
from desk.schedule.consequences import language
from desk.search import actions
from desk.search.results import Group, Hit
from registrations.models import CycleRegistration

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
# So many of one sort when it is asked for alone.
MOST_OF_ONE = 100
LONGEST = 100
# So many rows that fit are put in order at most, and so many lists of people are linked.
MOST_RANKED = 20
MOST_LISTS = 20
# So many people are counted at most, and so many cycles are given to the database by their numbers.
MOST_COUNTED = 1000
MOST_NAMED = 1000
LONGEST_YEAR = 4
LONGEST_NUMBER = 9
# The pages of a cycle by the names of their tabs, and the right that each asks for.
PAGES: tuple[tuple[str, _StrPromise, access.Right], ...] = (
    ("desk:cycle-plan", gettext_lazy("Plan"), access.Right.PLAN),
    ("desk:reminders", gettext_lazy("Reminders"), access.Right.SEE),
    ("desk:messages", gettext_lazy("Message texts"), access.Right.PLAN),
    ("desk:registration", gettext_lazy("Registration"), access.Right.PLAN),
    ("desk:calendars", gettext_lazy("Calendars"), access.Right.SEE),
    ("desk:cycle-report", gettext_lazy("Report"), access.Right.SEE),
    ("desk:registrants", gettext_lazy("People registered"), access.Right.PEOPLE),
    ("desk:group-messages", gettext_lazy("Messages to groups"), access.Right.PLAN),
    ("desk:deliveries", gettext_lazy("Emails"), access.Right.PEOPLE),
)


def find(text: str, *, user: User | AnonymousUser, sort: str = "") -> list[Group]:
    """Return what fits a text, sort by sort, or more of one of them; nothing for an empty text.

    Those that can be asked for alone are cycles, sessions, actions and pages; the others have a list elsewhere.
    """
    text = text.strip()[:LONGEST]
    words = plain(text).split()
    if not words:
        return []
    cycles = {
        right: access.cycles(user, right=right).distinct()
        for right in (access.Right.SEE, access.Right.PLAN, access.Right.PEOPLE)
    }
    of_search: dict[str, Callable[[int], Group]] = {
        "cycles": lambda most: _cycles(words, cycles[access.Right.SEE], most=most),
        "sessions": lambda most: _sessions(words, cycles[access.Right.SEE], most=most),
        "actions": lambda most: _actions(words, cycles, user, most=most),
        "pages": lambda most: _pages(words, cycles, most=most),
    }
    if sort in of_search:
        groups = [of_search[sort](MOST_OF_ONE)]
        return [group for group in groups if group.hits]
    groups = [
        *(_with_way_to_all(group(MOST), text, sort=name) for name, group in of_search.items()),
        *([_people(text, cycles[access.Right.PEOPLE])] if _may_name_people(text) else []),
        *_contents(text, words, user),
    ]
    return [group for group in groups if group.hits]


def _with_way_to_all(group: Group, text: str, *, sort: str) -> Group:
    if not group.is_cut:
        return group
    url = f"{reverse('desk:search')}?{urlencode({'q': text, 'in': sort})}"
    return replace(group, more=((group.title, url),))


def _group(title: str, hits: list[Hit], *, more: str = "") -> Group:
    lists = ((title, more),) if more and len(hits) > MOST else ()
    return Group(title=title, hits=tuple(hits[:MOST]), count=len(hits), more=lists)


def _fitting(
    words: list[str], found: Iterable[tuple[str, Found]], *, name: Callable[[Any], str] = attrgetter("name")
) -> list[Found]:
    """Keep what has every word somewhere in its text; whole words come first, then what begins with the first one."""
    kept = [
        (not _has_whole(words, text), not text.startswith(words[0]), in_order(name(each)), each)
        for text, each in ((plain(text), each) for text, each in found)
        if all(w in text for w in words)
    ]
    return [each for *_order, each in sorted(kept, key=itemgetter(0, 1, 2))]


def _all(text: LazyI18nString | str) -> str:
    """Return a text in all the languages that it has."""
    data = text.data if isinstance(text, LazyI18nString) else text
    return " ".join(filter(None, data.values())) if isinstance(data, dict) else str(data or "")


def _ranked(
    rows: QuerySet[Any], words: list[str], *, name: Callable[[Any], str], most: int
) -> tuple[list[Any], int]:
    """Return the first rows, and how many there are: what begins with the first word comes first, then by name.

    Of more than MOST_RANKED rows (or `most`, if that is more), those are ranked that the queryset gives first.
    """
    ranked = max(MOST_RANKED, most)
    results = list(rows[:ranked])
    count = len(results) if len(results) < ranked else rows.count()
    results.sort(
        key=lambda row: (
            not _has_whole(words, name(row)),
            not row.search_title.startswith(words[0]),
            in_order(name(row)),
        )
    )
    return results[:most], count


def _has_whole(words: list[str], name: str) -> bool:
    """Tell whether every word of a question is a whole word of a name: “3” is one of “Stop 3”, not of “Stop 13”."""
    return set(words) <= set(plain(name).split())


def in_order(name: str) -> list[tuple[int, str]]:
    """Return what names are put in order by: without accents and capitals, and numbers by what they count."""
    return [
        (int(part), "") if part.isdecimal() and len(part) <= LONGEST_NUMBER else (0, part)
        for part in plain(name).split()
    ]


def _cycles(words: list[str], cycles: QuerySet[Cycle], *, most: int) -> Group:
    rows = _titled(cycles, words).select_related("programme").order_by("-first_date", "slug")
    found, count = _ranked(rows, words, name=lambda cycle: str(cycle.title), most=most)
    hits = (
        Hit(
            name=str(cycle.title),
            about=str(cycle.programme.title) if cycle.programme else "",
            url=reverse("desk:cycle-detail", args=[cycle.slug]),
        )
        for cycle in found
    )
    return Group(title=_("Cycles"), hits=tuple(hits), count=count)


def _titled(cycles: QuerySet[Cycle], words: Iterable[str]) -> QuerySet[Cycle]:
    for word in words:
        cycles = cycles.filter(search_title__contains=word)
    return cycles


def _sessions(words: list[str], cycles: QuerySet[Cycle], *, most: int) -> Group:
    rows = models.Session.objects.filter(cycle__in=cycles).select_related("cycle")
    for word in words:
        rows = rows.filter(_called(word))
    numbers = [int(word) for word in words if word.isdecimal() and len(word) <= LONGEST_YEAR]
    # Of many that fit, those that carry the number itself are looked at before those that contain it.
    exact = [Case(When(number__in=numbers, then=0), default=1)] if numbers else []
    found, count = _ranked(
        rows.order_by(*exact, "-starts_at", "-pk"), words, name=naming.session_title, most=most
    )
    hits = (
        Hit(
            name=naming.session_title(session),
            about=" · ".join(filter(None, (_when(session), str(session.cycle.title)))),
            url=reverse("desk:session-edit", args=[session.cycle.slug, session.slug]),
        )
        for session in found
    )
    return Group(title=_("Sessions"), hits=tuple(hits), count=count)


def _called(word: str) -> Q:
    """Return the condition that a word stands in what a session is called, its number, or its date in words."""
    fits = Q(search_title__contains=word) | Q(cycle__search_title__contains=word)
    # The word of the cycle for a session, or the usual one.
    fits |= Q(cycle__search_word__contains=word)
    if word in plain(naming.session_word(models.Cycle())):
        fits |= Q(cycle__search_word="")
    if word in plain(naming.session_theme(models.Session(has_theme=False))):
        fits |= Q(has_theme=False)
    if word.isdecimal() and len(word) <= LONGEST_YEAR:
        number = int(word)
        fits |= Q(number=number) | Q(starts_at__day=number)
        # The first and the last instant of a year are compared in UTC, which the years 0 and 9999 do not allow.
        if dt.MINYEAR < number < dt.MAXYEAR:
            fits |= Q(starts_at__year=number)
    # Any week: its first day is a Monday.
    monday = dt.date(2024, 1, 1)
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    # Django counts Sunday as 1, Monday as 2.
    weekdays = [
        day.isoweekday() % 7 + 1
        for day in days
        if word in plain(wording.weekday_name(day, language=language()))
    ]
    months = [month for month in range(1, 13) if word in plain(_month_name(month))]
    if weekdays:
        fits |= Q(starts_at__week_day__in=weekdays)
    if months:
        fits |= Q(starts_at__month__in=months)
    return fits


def _month_name(month: int) -> str:
    return wording.month_and_year(dt.date(2024, month, 1), language=language()).removesuffix("2024")


def _when(session: Session) -> str:
    date = session.local_date
    return wording.long_date(date, language=language()) if date else ""


def _pages(words: list[str], cycles: dict[access.Right, QuerySet[Cycle]], *, most: int) -> Group:
    """Return the pages of cycles: each word stands in the name of the page or in the title of the cycle."""
    known: dict[tuple[access.Right, tuple[str, ...]], tuple[list[Cycle], int]] = {}
    results: list[tuple[bool, str, Hit]] = []
    count = 0
    for address, name, right in PAGES:
        called = plain(str(name))
        rest = tuple(word for word in words if word not in called)
        if (right, rest) not in known:
            rows = _titled(cycles[right], rest).order_by("-first_date", "slug")
            known[right, rest] = _ranked(rows, words, name=lambda cycle: str(cycle.title), most=most)
        mine, number = known[right, rest]
        count += number
        results += [
            (
                not called.startswith(words[0]),
                str(name),
                Hit(name=str(name), about=str(cycle.title), url=reverse(address, args=[cycle.slug])),
            )
            for cycle in mine
        ]
    results.sort(key=itemgetter(0, 1))
    return Group(title=_("Pages"), hits=tuple(hit for _later, _name, hit in results[:most]), count=count)


def _actions(
    words: list[str], cycles: dict[access.Right, QuerySet[Cycle]], user: User | AnonymousUser, *, most: int
) -> Group:
    """Return what can be done: each word begins a word of the action, or stands in the title of a cycle.

    An action that all words are about comes before one that some are about.
    """
    known: dict[tuple[access.Right, tuple[str, ...]], tuple[list[Cycle], int]] = {}
    rights: frozenset[access.Right] | None = None
    results: list[tuple[int, bool, str, Hit]] = []
    count = 0
    for action in actions.ACTIONS:
        left = action.left_of(words)
        if left is None:
            continue
        rank = (len(left), not plain(str(action.name)).startswith(words[0]), str(action.name))
        if not action.is_of_cycle:
            if rights is None:
                rights = access.rights_anywhere(user)
            if not left and action.right in rights:
                results.append((*rank, Hit(name=str(action.name), about="", url=action.url())))
                count += 1
            continue
        if (action.right, left) not in known:
            rows = _titled(cycles[action.right], left).order_by("-first_date", "slug")
            known[action.right, left] = _ranked(rows, words, name=lambda cycle: str(cycle.title), most=most)
        theirs, number = known[action.right, left]
        count += number
        results += [
            (*rank, Hit(name=str(action.name), about=str(cycle.title), url=action.url(cycle.slug)))
            for cycle in theirs
        ]
    results.sort(key=itemgetter(0, 1, 2))
    return Group(title=_("What you can do"), hits=tuple(hit for *_order, hit in results[:most]), count=count)


def _may_name_people(text: str) -> bool:
    """Tell whether a question can be about people: single letters and digits stand in every other name or address.

    No index finds them, and what came of them were thousands of people. (The table of a cycle still looks for them.)
    """
    return any(len(word) > 1 or not word.isascii() for word in text.split())


def _people(text: str, cycles: QuerySet[Cycle]) -> Group:
    """Return people registered in these cycles, each with the cycle; the newest first.

    At most MOST_COUNTED are counted, of which two letters find thousands.
    """
    # As numbers: PostgreSQL then begins with the people of these few, and not with everybody of the site.
    numbers = list(cycles.values_list("pk", flat=True)[: MOST_NAMED + 1])
    within = CycleRegistration.objects.filter(cycle__in=numbers if len(numbers) <= MOST_NAMED else cycles)
    rows = within.filter(participant__anonymised_at=None)
    for word in text.split():
        rows = rows.filter(named(word, within=within))
    newest = list(rows.order_by("-requested_at", "-pk").values_list("pk", "cycle_id")[: MOST_COUNTED + 1])
    shown = CycleRegistration.objects.select_related("participant", "cycle").in_bulk(
        [pk for pk, _cycle in newest[:MOST]]
    )
    hits = tuple(
        Hit(
            name=str(row.person),
            about=" · ".join(filter(None, (row.participant.email, str(row.cycle.title)))),
            url=reverse("desk:registrant", args=[row.cycle.slug, row.pk]),
        )
        for row in (shown[pk] for pk, _cycle in newest[:MOST])
    )
    title, count = _("People registered"), min(len(newest), MOST_COUNTED)
    if len(newest) <= MOST:
        return Group(title=title, hits=hits, count=count)
    # The table of people is a cycle's own: one list for each cycle in which somebody fits.
    is_all = len(newest) <= MOST_COUNTED
    counts = Counter(cycle for _pk, cycle in newest)
    fullest = [pk for pk, _number in counts.most_common(MOST_LISTS)]
    lists = (
        (
            f"{cycle.title} ({counts[cycle.pk]})" if is_all else str(cycle.title),
            f"{reverse('desk:registrants', args=[cycle.slug])}?{urlencode({'q': text})}",
        )
        for cycle in models.Cycle.objects.filter(pk__in=fullest)
    )
    return Group(title=title, hits=hits, count=count, more=tuple(lists), is_counted=is_all)


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
    return " ".join((kind.label(row), *map(_all, names), *map(str, getattr(row, "aliases", ()))))
