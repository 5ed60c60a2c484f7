"""Posts: their titles, and what they are about. A recap is a post about one session that announces the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from cycles.models import Cycle, News, NewsLink, Programme, Resource, Session
from cycles.models.library.news import NEWS_TARGETS
from cycles.models.shared import speaks_for
from cycles.site import crowds

from .stops import Stop, is_registrable, reasons_of, seats_of, speakers_of, stop, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet

    from cycles.models import SpeakerSlot
    from cycles.models.library.news import NewsQuerySet

TARGETS = (*NEWS_TARGETS, "session__cycle", "session__territory", "workshop__module")


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post with the title that it has or is given, and what it is about and announces."""

    news: News
    title: str
    lang: str  # of the title, when it is not the page's
    about: tuple[NewsLink, ...]
    announces: tuple[NewsLink, ...]


def newest_first(path: str = "") -> tuple[Any, ...]:
    """Return the order of posts: those kept on top, then by date, the newest first; undated ones stand last.

    `path` leads to the post from the rows that are put in order.
    """
    dated = F(f"{path}date_from").desc(nulls_last=True)
    return (f"-{path}is_pinned", dated, f"{path}position", f"{path}slug")


def posts(rows: NewsQuerySet | None = None) -> list[Post]:
    """Return published posts in the order of the page; two queries, whatever they are about."""
    published = (News.objects.all() if rows is None else rows).published().order_by(*newest_first())
    links = NewsLink.objects.public().select_related(*TARGETS)
    return [
        _post(news, list(news.links.all())) for news in published.prefetch_related(Prefetch("links", links))
    ]


def recap_of(session: Session) -> News | None:
    """Return the post that looks back on a session, as far as it may stand on its pages; one query."""
    links = NewsLink.objects.filter(
        speaks_for(session.cycle.programme_id, path="news__programme"),
        session=session,
        relation=NewsLink.Relation.ABOUT,
        news__in=News.objects.published(),
    )
    link = links.select_related("news").first()
    return link.news if link else None


def recaps_of(cycle: Cycle) -> tuple[tuple[Post, ...], dict[int, News]]:
    """Return the posts about a cycle, its sessions and its programme, and {session: its recap}; one query."""
    about = Q(cycle=cycle) | Q(session__cycle=cycle)
    if cycle.programme_id is not None:
        about |= Q(programme=cycle.programme_id)
    links = (
        NewsLink.objects.public()
        .filter(
            about,
            speaks_for(cycle.programme_id, path="news__programme"),
            relation=NewsLink.Relation.ABOUT,
            news__in=News.objects.published(),
        )
        .select_related("news", *TARGETS)
        .order_by(*newest_first("news__"), "order")
    )
    result: dict[int, list[NewsLink]] = {}
    recaps: dict[int, News] = {}
    for link in links:
        result.setdefault(link.news_id, []).append(link)
        if link.session_id is not None:
            recaps.setdefault(link.session_id, link.news)
    return tuple(_post(each[0].news, each) for each in result.values()), recaps


def _post(news: News, links: list[NewsLink]) -> Post:
    about = tuple(link for link in links if link.relation == NewsLink.Relation.ABOUT)
    announces = tuple(link for link in links if link.relation == NewsLink.Relation.ANNOUNCES)
    return Post(
        news=news,
        title=news_title(news, about=about),
        lang=naming.fallback(_bare_title(news, about=about)),
        about=about,
        announces=announces,
    )


def _bare_title(news: News, *, about: tuple[NewsLink, ...]) -> object:
    """Return the text that a post's title is, or None for one that is put together."""
    if str(news.title) or not about:
        return news.title
    target = about[0].target
    return None if isinstance(target, Session | Cycle | Programme) else getattr(target, "title", None)


def news_title(news: News, *, about: tuple[NewsLink, ...]) -> str:
    """Return a post's title; one without is called after what it is about."""
    if str(news.title):
        return str(news.title)
    if not about:
        return news.get_kind_display().capitalize()
    target = about[0].target
    if isinstance(target, Session):
        # In a large heading "Escale" must not be parted from its number.
        label = naming.session_label(target)
        title = naming.session_title(target).replace(label, label.replace(" ", wording.NO_BREAK), 1)
        return _("Looking back on %(title)s") % {"title": title}
    if isinstance(target, Cycle | Programme):
        # These have pages of their own under that very name.
        return _("%(kind)s: %(title)s") % {"kind": news.get_kind_display().capitalize(), "title": target}
    return str(target)


@dataclass(frozen=True, kw_only=True)
class NewsPage:
    """Everything the page of a post shows: the sessions that it looks back on, the one that it announces."""

    looked_back: tuple[Stop, ...]
    about: tuple[NewsLink, ...]
    announced: Stop | None
    can_register: bool
    announces: tuple[NewsLink, ...]
    resources: tuple[Resource, ...]
    changes_at: dt.datetime


def documents_of(sessions: Collection[Session], *, programme: int | None) -> QuerySet[Resource]:
    """Return what everyone may read of sessions, as far as it may stand in what a programme writes of them."""
    rows = Resource.objects.published().filter(speaks_for(programme), session__in=sessions)
    return rows.select_related("file").order_by("session", "pk")


def news_page(post: Post, *, at: dt.datetime) -> NewsPage:
    """Gather the page of a post: two queries more than the post itself, and one for a recap."""
    back = [link.session for link in post.about if link.session is not None]
    ahead = next((link.session for link in post.announces if link.session is not None), None)
    slots: dict[int, list[SpeakerSlot]] = {}
    for slot in speakers_of([*back, *([ahead] if ahead else [])]):
        slots.setdefault(slot.segment.session_id, []).append(slot)
    reasons = reasons_of(back)
    is_open = ahead is not None and is_registrable(ahead, at=at)
    seats = seats_of([ahead], at=at) if ahead else {}
    return NewsPage(
        looked_back=tuple(stop(s, at=at, reasons=reasons, slots=slots.get(s.pk, ())) for s in back),
        about=tuple(link for link in post.about if link.session is None),
        announced=stop(
            ahead, at=at, is_next=is_open, slots=slots.get(ahead.pk, ()), seats=seats.get(ahead.pk)
        )
        if ahead
        else None,
        can_register=is_open,
        announces=tuple(link for link in post.announces if link.session is not ahead or ahead is None),
        resources=tuple(documents_of(back, programme=post.news.programme_id)) if back else (),
        changes_at=crowds.holds_until(
            true_until([*back, *([ahead] if ahead else [])], zone=ZoneInfo(settings.TIME_ZONE), at=at),
            at=at,
            counts=bool(seats),
        ),
    )
