"""What a mail about one session may say of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts import periods
from cycles.language import naming, wording
from registrations.models import State
from registrations.pages.own import next_date

from .draft import join_url, long_when, short_when

if TYPE_CHECKING:
    from cycles.models import Session
    from notifications.models import Occurrence

    from .draft import Draft


def about(session: Session, draft: Draft) -> dict[str, Any]:
    """Return the session, when it is, its theme, the reader's link, what changed, and once it is over what follows."""
    delivery, language = draft.delivery, draft.language
    zone = draft.zone(session)
    facts: dict[str, Any] = {"stop": draft.stop(session), "theme": naming.session_theme(session)}
    facts["is_tentative"] = session.status == session.Status.TENTATIVE
    if session.starts_at is not None:
        facts["soon"] = soon(session.starts_at, at=draft.at, zone=zone, language=language)
        facts["has_begun"] = session.starts_at <= draft.at
        facts["room_opens"] = _early(session)
        facts |= _afterwards(session, draft)
    seat = delivery.registration
    if seat is not None and session.is_held and seat.state == State.CONFIRMED:
        # Who waits is never shown a way in.
        facts["join_url"] = join_url(seat, session, draft)
        facts["joins_today"] = bool(facts["join_url"]) and is_today(session, zone=zone, at=draft.at)
    if delivery.occurrence is not None:
        facts |= change(session, delivery.occurrence, zone=zone, language=language)
    if session.starts_at is not None:
        facts["new_date"] = short_when(
            session.starts_at, zone=zone, all_day=session.is_all_day, language=language
        )
    return facts


def is_today(session: Session, *, zone: str, at: dt.datetime) -> bool:
    """Tell whether a session is on the reader's own day and not over: joining is then what a mail is for."""
    is_over = session.ends_at is None or session.ends_at <= at
    return not is_over and next_date.is_today(session, zone=zone, at=at)


def _early(session: Session) -> str:
    """Return how long before the start the room opens, in words; empty where it opens at the start."""
    minutes = session.room_opens_minutes
    return periods.in_words(dt.timedelta(minutes=minutes)) if minutes else ""


def change(session: Session, notice: Occurrence, *, zone: str, language: str) -> dict[str, Any]:
    """Return what a notice says of the change itself: why, and the schedule that people have in mind."""
    if notice.since_revision is None:
        return {}
    changes = {change.revision: change for change in session.changes.all()}
    first, last = changes[notice.since_revision + 1], changes[notice.revision]
    facts: dict[str, Any] = {"reason": str(last.reason)}
    if first.from_starts_at is not None and first.from_ends_at is not None:
        all_day = naming.was_all_day(session, first.from_starts_at, first.from_ends_at)
        # A run may have got its hours since: its whole days were the cycle's own.
        zone = session.cycle.timezone if all_day else zone
        facts["old_when"] = long_when(
            first.from_starts_at,
            first.from_ends_at,
            zone=zone,
            all_day=all_day,
            language=language,
        )
        facts["old_date"] = short_when(first.from_starts_at, zone=zone, all_day=all_day, language=language)
    return facts


def _afterwards(session: Session, draft: Draft) -> dict[str, Any]:
    """Return what a mail sent once the session is over may add: the replay, and the next date."""
    if session.ends_at is None or session.ends_at > draft.at:
        return {}
    following = session.cycle.sessions.upcoming(at=draft.at).select_related("cycle").first()
    return {
        "has_ended": True,
        "replay_url": session.public_replay_url,
        "next_stop": draft.stop(following) if following else None,
    }


def soon(starts_at: dt.datetime, *, at: dt.datetime, zone: str, language: str) -> str:
    """Return "Tomorrow 13:00", «Demain 13 h», or the date when it is further: for a subject."""
    local = starts_at.astimezone(ZoneInfo(zone))
    days = (local.date() - at.astimezone(ZoneInfo(zone)).date()).days
    hour = wording.short_clock(local, language=language)
    if days == 0:
        return _("Today %(hour)s") % {"hour": hour}
    if days == 1:
        return _("Tomorrow %(hour)s") % {"hour": hour}
    date = wording.long_date(local.date(), language=language).rpartition(" ")[0]
    return f"{date[0].upper()}{date[1:]}, {hour}"
