"""The search of the public pages: sessions, cycles, training, resources, news, events, people, organisations, themes.

Every word of the question stands somewhere in what the page of a thing shows (cycles.site.searched), in any language,
without accents and capitals (cycles.language.searching). Each sort is one query for a few rows, however many there are,
and one more for those whose title does not say why they were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cycles.calendars import feeds
from cycles.language import naming, wording
from cycles.language.searching import plain
from cycles.library.pages import shown_organisations
from cycles.models import Cycle, Event, Module, News, Organisation, Resource, Session
from cycles.site import searched
from cycles.site.pages.news import posts
from cycles.site.pages.stops import language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

# Of each sort so many at most; who has more of them writes another word.
MOST = 10
LONGEST = 100
MOST_WORDS = 8


class Hit(NamedTuple):
    """Something that fits: what it is called (with the language of that, when not the page's), what is said of it."""

    name: str
    lang: str
    about: str
    address: str
    # Where the words stand that the name lacks: "the agenda", "the people".
    places: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """The hits of one sort, the first few; there are others when `is_cut`."""

    title: str
    hits: tuple[Hit, ...]
    is_cut: bool


def find(text: str, *, at: dt.datetime) -> list[Group]:
    """Return what fits a text, sort by sort; nothing for an empty one. Twenty queries at most."""
    words = plain(text[:LONGEST]).split()[:MOST_WORDS]
    if not words:
        return []
    sessions = Session.objects.published().select_related("cycle")
    ahead = _fitting(sessions.filter(ends_at__gt=at).order_by("ends_at", "pk"), words)
    behind = _fitting(sessions.exclude(ends_at__gt=at).order_by("-ends_at", "-pk"), words)
    cycles = _fitting(Cycle.objects.published().series().select_related("programme"), words)
    modules = _fitting(Module.objects.published(), words)
    resources = _fitting(Resource.objects.published(), words)
    news = _fitting(News.objects.published().order_by("-date_from", "slug"), words)
    people = _fitting(feeds.speakers_with_sessions(), words)
    organisations = _fitting(shown_organisations(), words)
    groups = [
        _group(_("Dates to come"), ahead, _session, words),
        _group(_("Past dates"), behind, _session, words),
        _group(_("Cycles"), cycles, _cycle, words),
        _group(_("Training"), modules, _module, words),
        _group(_("Resources"), resources, _resource, words),
        _group(_("News"), posts(News.objects.filter(pk__in=[n.pk for n in news])) if news else [], _post),
        _group(_("Events"), _fitting(Event.objects.all(), words), _event, words),
        _group(_("People"), people, _person, words),
        _group(_("Organisations"), organisations, _organisation, words),
        _group(_("Themes"), _fitting(feeds.topics_with_sessions(), words), _topic),
    ]
    return [group for group in groups if group.hits]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Look for words in everything that is public here."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    groups = find(asked, at=timezone.now())
    context = {
        "asked": asked,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "keep_query": True,
    }
    return render(request, "cycles/site/search.html", context)


def _fitting(rows: QuerySet[Any], words: Sequence[str]) -> list[Any]:
    return list(searched.fitting(rows, words)[: MOST + 1])


def _group(title: str, rows: list[Any], hit: Callable[[Any], Hit], words: Sequence[str] = ()) -> Group:
    """Return the hits of a sort; with `words` each says where they were found, if not in its name."""
    shown = rows[:MOST]
    places = searched.found_in(shown, words) if words else {}
    hits = (
        hit(row)._replace(places=tuple(places[row.pk])) if words and row.pk in places else hit(row)
        for row in shown
    )
    return Group(title=title, hits=tuple(hits), is_cut=len(rows) > MOST)


def _session(row: Session) -> Hit:
    when = (
        wording.short_when(
            row.starts_at, zone=row.cycle.timezone, all_day=row.is_all_day, language=language()
        )
        if row.starts_at
        else ""
    )
    about = " · ".join(filter(None, (when, str(row.cycle.title))))
    address = reverse("cycles:session-detail", args=[row.cycle.slug, row.slug])
    return Hit(naming.session_title(row), naming.fallback(row.title), about, address)


def _cycle(row: Cycle) -> Hit:
    about = str(row.public_programme.title) if row.public_programme else capfirst(row.get_kind_display())
    return _titled(row, about, "cycles:cycle-detail")


def _module(row: Module) -> Hit:
    return _titled(row, capfirst(row.get_kind_display()), "cycles:module-detail")


def _resource(row: Resource) -> Hit:
    return _titled(row, capfirst(row.get_kind_display()), "cycles:resource-detail")


def _event(row: Event) -> Hit:
    return _titled(row, capfirst(row.get_kind_display()), "cycles:event-detail")


def _titled(row: Any, about: str, page: str) -> Hit:
    return Hit(str(row.title), naming.fallback(row.title), about, reverse(page, args=[row.slug]))


def _post(post: Any) -> Hit:
    about = capfirst(post.news.get_kind_display())
    return Hit(post.title, post.lang, about, reverse("cycles:news-detail", args=[post.news.slug]))


def _person(row: Any) -> Hit:
    about = str(row.role) if row.full_name else ""
    return Hit(str(row), "", about, reverse("speakers:speaker", args=[row.slug]))


def _organisation(row: Organisation) -> Hit:
    about = row.full_name if row.full_name != row.name else ""
    return Hit(row.name, "", about, reverse("cycles:organisation-detail", args=[row.slug]))


def _topic(row: Any) -> Hit:
    return Hit(
        str(row.name),
        naming.fallback(row.name),
        capfirst(row.get_kind_display()),
        reverse("speakers:topic", args=[row.slug]),
    )
