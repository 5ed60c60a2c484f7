"""News of a cycle for everyone registered for it: the recap of a stop, the themes announced in a day.

Both are mailings like any other, planned with a grace in which they can be stopped. They do not follow the
schedule: a stop that moves afterwards has its own notice.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from cycles.language import wording
from cycles.models import News, NewsLink, Session
from cycles.models.shared import speaks_for
from cycles.schedule import planning
from cycles.site.pages.news import documents_of, news_title
from notifications.mail.draft import address
from notifications.models import Announcement, Occurrence
from notifications.notices import extracts

if TYPE_CHECKING:
    from cycles.models import Cycle
    from notifications.mail.draft import Draft

KINDS = ("recap", "themes_announced")
LIVES = dt.timedelta(hours=72)
# One mail a day, late in the afternoon, however many themes were announced.
ANNOUNCED_AT = dt.time(17)
DAY = dt.timedelta(days=1)


@transaction.atomic
def tell_recap(news: News, *, at: dt.datetime) -> Occurrence | None:
    """Plan the one mail of a recap; None when the post is none, or its stop has had its mail.

    What another programme writes about a stop is no recap of it: its organisers have nobody to mail there.
    A recap that is withdrawn and published again tells nobody a second time.
    """
    session = looked_back(news)
    if news.kind != News.Kind.RECAP or session is None or session.cycle.status != "published":
        return None
    mailings = Occurrence.objects.filter(kind="recap", session=session)
    if mailings.exists():
        # Withdrawn within the grace and published again: the same mailing waits its grace anew.
        waiting = mailings.filter(state=Occurrence.State.PLANNED)
        waiting.update(due_at=at + planning.grace(), not_after=at + LIVES)
        return waiting.first()
    return Occurrence.objects.create(
        kind="recap",
        session=session,
        revision=session.revision,
        due_at=at + planning.grace(),
        not_after=at + LIVES,
    )


def looked_back(news: News) -> Session | None:
    """Return the session that a recap is about, of its own programme (the site's posts: of any)."""
    links = news.links.filter(relation=NewsLink.Relation.ABOUT, session__isnull=False)
    if news.programme_id is not None:
        links = links.filter(session__cycle__programme=news.programme_id)
    link = links.select_related("session__cycle").first()
    return link.session if link else None


def recap_of(session: Session) -> News | None:
    """Return the published recap of a session, by its own programme or the site."""
    return (
        News.objects.published()
        .filter(
            speaks_for(session.cycle.programme_id),
            kind=News.Kind.RECAP,
            links__relation=NewsLink.Relation.ABOUT,
            links__session=session,
        )
        .first()
    )


@transaction.atomic
def announce(session: Session, *, at: dt.datetime) -> Announcement | None:
    """Let the theme of a stop be told at the end of the day, with the others of its cycle; once a stop."""
    cycle = session.cycle
    if cycle.status != "published" or session.starts_at is None or session.starts_at <= at:
        return None
    if Announcement.objects.filter(session=session).exists():
        return None
    mailing = (
        Occurrence.objects.select_for_update(of=("self",))
        .filter(kind="themes_announced", session__cycle=cycle, state=Occurrence.State.PLANNED, due_at__gt=at)
        .first()
    ) or Occurrence.objects.create(
        kind="themes_announced",
        session=session,
        revision=session.revision,
        due_at=_end_of_day(cycle, at=at),
        not_after=_end_of_day(cycle, at=at) + LIVES,
    )
    return Announcement.objects.create(session=session, mailing=mailing, at=at)


def _end_of_day(cycle: Cycle, *, at: dt.datetime) -> dt.datetime:
    """Return the next 17:00 of the cycle's zone that leaves the grace."""
    zone = ZoneInfo(cycle.timezone)
    local = (at + planning.grace()).astimezone(zone)
    day = local.date() if local.time().replace(tzinfo=None) <= ANNOUNCED_AT else local.date() + DAY
    return dt.datetime.combine(day, ANNOUNCED_AT, zone).astimezone(dt.UTC)


def announced(mailing: Occurrence, *, at: dt.datetime) -> list[Session]:
    """Return the stops whose themes a mailing tells and that are still ahead, soonest first."""
    sessions = Session.objects.upcoming(at=at).filter(announcement__mailing=mailing, has_theme=True)
    return list(sessions.select_related("cycle"))


def is_void(mailing: Occurrence, *, at: dt.datetime) -> bool:
    """Tell whether nothing is left to tell: the recap was withdrawn, the stops announced are off."""
    if mailing.kind == "recap":
        return recap_of(mailing.session) is None
    return mailing.kind == "themes_announced" and not announced(mailing, at=at)


def themes(draft: Draft) -> dict[str, Any]:
    """Return the stops whose themes a mail tells. Raises ValueError when nothing is left to announce."""
    mailing = _mailing(draft)
    stops = [draft.stop(session) for session in announced(mailing, at=draft.at)]
    if not stops:
        msg = f"delivery {draft.delivery.pk} has nothing left to announce"
        raise ValueError(msg)
    return {"stops": stops}


def facts(draft: Draft) -> dict[str, Any]:
    """Return what the mail of a recap says: how it begins, where it is, the replay and the next date."""
    session = _mailing(draft).session
    news = recap_of(session)
    if news is None:
        msg = f"delivery {draft.delivery.pk} has lost its recap"
        raise ValueError(msg)
    following = session.cycle.sessions.upcoming(at=draft.at).select_related("cycle").first()
    return {
        "recap_title": news_title(
            news, about=tuple(news.links.public().filter(relation=NewsLink.Relation.ABOUT))
        ),
        "recap_text": extracts.plain(str(news.body)),
        "recap_blocks": extracts.blocks(str(news.body)),
        "recap_url": address("cycles:news-detail", news.slug),
        "replay_url": session.public_replay_url,
        "documents": [
            (resource, address("cycles:resource-detail", resource.slug))
            for resource in documents_of([session], programme=session.cycle.programme_id)
        ],
        "next_stop": draft.stop(following) if following else None,
        "next_date": _date(following, language=draft.language) if following else "",
    }


def _mailing(draft: Draft) -> Occurrence:
    if draft.delivery.occurrence is None or draft.delivery.session is None:
        msg = f"delivery {draft.delivery.pk} has lost its mailing"
        raise ValueError(msg)
    mailing = draft.delivery.occurrence
    # The one that is read along with its cycle.
    mailing.session = draft.delivery.session
    return mailing


def _date(session: Session, *, language: str) -> str:
    """Return «jeudi 17 décembre», for a subject."""
    date = session.local_date
    return wording.long_date(date, language=language).rpartition(" ")[0] if date else ""
