"""A session as a calendar entry: the one building function for feeds, downloads and mails.

One function, so that every channel has the same UID, SEQUENCE and hours; a channel only adds what is its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from cycles.language.plain_text import clean
from cycles.models import Session
from cycles.schedule import first_dates, last_dates

from .rfc5545 import ical

if TYPE_CHECKING:
    from django.db.models import QuerySet

# What to select and prefetch so that an entry costs no query of its own.
RELATED = ("cycle", "host")
AGENDA = ("segments__slots__person__organisation", "segments__slots__organisation", "topics")
# When the form of entries last changed. Raise it whenever the same session gives other bytes than before (a test
# holds the bytes): clients such as ICSx5 keep the old text of an event whose LAST-MODIFIED did not rise.
FORM_CHANGED_AT = dt.datetime(2026, 11, 30, 17, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What somebody has at a session who has no place yet, in the language of the entry: a few words, a sentence."""

    label: str
    sentence: str


def loaded(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return the sessions with all that their entries are made of: a constant number of queries."""
    return (
        last_dates.annotated(first_dates.annotated(sessions))
        .select_related(*RELATED)
        .prefetch_related(*AGENDA)
    )


def revised_at(shown_at: dt.datetime) -> dt.datetime:
    """Return the LAST-MODIFIED of an entry whose session was last shown differently at an instant."""
    return max(shown_at, FORM_CHANGED_AT)


def uid(session: Session) -> str:
    """Return the UID of every event about this session; it never changes, wherever the site moves."""
    return f"{session.uid}@{settings.ESCALE_UID_DOMAIN}"


def span(session: Session) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the start and the end that calendars show: of a postponed session, those that they must take back."""
    if session.starts_at is not None and session.ends_at is not None:
        return session.starts_at, session.ends_at
    last = last_dates.last_date(session)
    return (last.starts_at, last.ends_at) if last else None


def entry(
    session: Session,
    *,
    language: str,
    with_cycle: bool = False,
    join_url: str = "",
    standing: Standing | None = None,
    alarm_minutes: int | None = None,
    stamped_at: dt.datetime | None = None,
    is_withdrawn: bool = False,
    changed_at: dt.datetime | None = None,
) -> ical.Entry:
    """Return the calendar entry of a session in one language: a postponed one is cancelled at the date it had.

    `with_cycle` appends the cycle's name to the summary (downloads, mails, catalogue: where the calendar's own
    name does not say it). `join_url` makes it a person's own entry: private, busy, with the link to join;
    `standing` one of somebody who has no place (yet): private, tentative, without the link.
    `is_withdrawn` says that this person gave their place back, `changed_at` when their registration last changed.
    `stamped_at` is for mails, where the later of two messages of one SEQUENCE must win (RFC 5546, 2.1.5).
    Raises ValueError for a session that never had a date.
    """
    dates = span(session)
    if dates is None:
        msg = f"session {session.pk} has no date"
        raise ValueError(msg)
    with translation.override(language):
        is_off = is_withdrawn or session.status in (Session.Status.CANCELLED, Session.Status.POSTPONED)
        shown_at = revised_at(session.shown_at or session.revised_at)
        address = page_address(session)
        has_place = bool(join_url) and not is_off and not standing
        join = join_url if has_place and session.has_room else ""
        waits = None if is_off else standing
        return ical.Entry(
            uid=uid(session),
            sequence=session.revision,
            created_at=session.created_at,
            revised_at=shown_at if changed_at is None else max(shown_at, changed_at.replace(microsecond=0)),
            stamped_at=stamped_at,
            starts_at=dates[0],
            ends_at=dates[1],
            zone=session.cycle.timezone,
            is_all_day=session.is_all_day,
            summary=summary(session, with_cycle=with_cycle, is_withdrawn=is_withdrawn, standing=waits),
            description=_description(
                session,
                address=address,
                join_url=join,
                standing=waits,
                is_withdrawn=is_withdrawn,
                language=language,
            ),
            # Of a session held at a place and online, calendars show the place here and the link beside it.
            location=naming.where(session) if session.is_on_site else join or naming.where(session),
            url=address,
            status="CANCELLED" if is_off else "TENTATIVE" if waits else _status(session),
            is_busy=has_place,
            is_private=bool(join_url or standing),
            categories=tuple(str(topic.name) for topic in session.topics.all()),
            color=session.cycle.color if with_cycle else "",
            join_url=join,
            join_label=_("Join"),
            alarm_minutes=None if is_off or standing else alarm_minutes,
        )


def _status(session: Session) -> ical.Status:
    return "TENTATIVE" if session.status == Session.Status.TENTATIVE else "CONFIRMED"


def summary(
    session: Session,
    *,
    with_cycle: bool = False,
    is_withdrawn: bool = False,
    standing: Standing | None = None,
) -> str:
    """Return the event's title in the active language; what it is not for its reader stands first."""
    text = naming.session_title(session)
    if with_cycle:
        text = f"{text} · {naming.cycle_short_title(session.cycle)}"
    if is_withdrawn or session.status == Session.Status.CANCELLED:
        return _("Cancelled: %(title)s") % {"title": text}
    if session.status == Session.Status.POSTPONED:
        return _("Postponed: %(title)s") % {"title": text}
    if standing:
        return _("%(label)s: %(theme)s") % {"label": standing.label, "theme": text}
    return text


def page_address(session: Session) -> str:
    """Return the absolute address of the session's public page in the active language."""
    return settings.ESCALE_BASE_URL + reverse(
        "cycles:session-detail", args=[session.cycle.slug, session.slug]
    )


def _description(
    session: Session,
    *,
    address: str,
    join_url: str,
    standing: Standing | None,
    is_withdrawn: bool,
    language: str,
) -> str:
    parts = []
    if join_url:
        parts.append(_("Join: %(address)s") % {"address": join_url})
    if standing:
        parts.append(standing.sentence)
    parts.extend(_changes(session, is_withdrawn=is_withdrawn, language=language))
    if session.is_on_site and str(session.access):
        parts.append(_("How to get there: %(access)s") % {"access": session.access})
    parts.extend([str(session.summary)] if str(session.summary) else [])
    parts.extend(_agenda(session))
    if str(session.cycle.banner):
        parts.append(str(session.cycle.banner))
    # Not that one registers there: a date passes, fills up and closes without a change that a calendar would fetch.
    last_line = _("Details: %(address)s") % {"address": address}
    # A long text is cut before it, never in the address.
    text = clean("\n\n".join(parts), limit=ical.LONGEST_DESCRIPTION - len(last_line) - 2)
    return f"{text}\n\n{last_line}" if text else last_line


def _changes(session: Session, *, is_withdrawn: bool, language: str) -> list[str]:
    """Say that a session is not held, or not for this reader, from which date it was moved, what is still unsure."""
    parts: list[str] = []
    if session.status == Session.Status.CANCELLED:
        reason = str(session.cancel_reason)
        is_off = _("Cancelled: %(title)s") % {"title": reason} if reason else _("This session is cancelled.")
        return [is_off]
    if is_withdrawn:
        parts.append(_("You are no longer registered for this session."))
    if session.status == Session.Status.POSTPONED:
        last = last_dates.last_date(session)
        if last and str(last.reason):
            parts.append(_("Postponed: %(title)s") % {"title": last.reason})
        parts.append(_("It is not held on this date. The next one is not known yet."))
    if left := first_dates.left(session):
        date = wording.long_date(left.date, language=language)
        parts.append(_("Moved: it was planned for %(date)s.") % {"date": date})
    if session.status == Session.Status.TENTATIVE:
        parts.append(_("This date is still to be confirmed."))
    return parts


def _agenda(session: Session) -> list[str]:
    lines = []
    for segment in session.segments.all():
        who = ", ".join(naming.speaker(slot) for slot in segment.slots.all() if slot.is_announced)
        title = str(segment.title)
        if title and who:
            lines.append(_("%(label)s: %(theme)s") % {"label": title, "theme": who})
        elif title or who:
            lines.append(title or who)
    return ["\n".join(f"• {line}" for line in lines)] if lines else []
