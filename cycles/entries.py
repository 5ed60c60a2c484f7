"""A session as a calendar entry: the one building function for feeds, downloads and mails.

One function, so that every channel has the same UID, SEQUENCE and hours; a channel only adds what is its own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import ical, naming
from .models import Session

if TYPE_CHECKING:
    from django.db.models import QuerySet

# What to select and prefetch so that an entry costs no query of its own.
RELATED = ("cycle", "host")
AGENDA = ("segments__slots__person__organisation", "segments__slots__organisation", "topics")
# When the form of entries last changed. Raise it whenever the same session gives other bytes than before (a test
# holds the bytes): clients such as ICSx5 keep the old text of an event whose LAST-MODIFIED did not rise. Not yet.
FORM_CHANGED_AT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def loaded(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return the sessions with all that their entries are made of: a constant number of queries."""
    return sessions.select_related(*RELATED).prefetch_related(*AGENDA)


def revised_at(shown_at: dt.datetime) -> dt.datetime:
    """Return the LAST-MODIFIED of an entry whose session was last shown differently at an instant."""
    return max(shown_at, FORM_CHANGED_AT)


def uid(session: Session) -> str:
    """Return the UID of every event about this session; it never changes, wherever the site moves."""
    return f"{session.uid}@{settings.ESCALE_UID_DOMAIN}"


def entry(
    session: Session,
    *,
    language: str,
    with_cycle: bool = False,
    join_url: str = "",
    alarm_minutes: int | None = None,
    stamped_at: dt.datetime | None = None,
    is_withdrawn: bool = False,
    changed_at: dt.datetime | None = None,
) -> ical.Entry:
    """Return the calendar entry of a dated session in one language.

    `with_cycle` appends the cycle's name to the summary (downloads, mails, catalogue: where the calendar's own
    name does not say it). `join_url` makes it a person's own entry: private, busy, with the link to join.
    `is_withdrawn` says that this person gave their place back, `changed_at` when their registration last changed.
    `stamped_at` is for mails, where the later of two messages of one SEQUENCE must win (RFC 5546, 2.1.5).
    Raises ValueError for a session without a date.
    """
    if session.starts_at is None or session.ends_at is None:
        msg = f"session {session.pk} has no date"
        raise ValueError(msg)
    with translation.override(language):
        cancelled = is_withdrawn or session.status == Session.Status.CANCELLED
        shown_at = revised_at(session.shown_at or session.revised_at)
        address = page_address(session)
        join = "" if cancelled else join_url
        return ical.Entry(
            uid=uid(session),
            sequence=session.revision,
            created_at=session.created_at,
            revised_at=shown_at if changed_at is None else max(shown_at, changed_at.replace(microsecond=0)),
            stamped_at=stamped_at,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            zone=session.cycle.timezone,
            is_all_day=session.is_all_day,
            summary=summary(session, with_cycle=with_cycle, is_off=cancelled),
            description=_description(session, address=address, join_url=join),
            location=join or place(session),
            url=address,
            status="CANCELLED" if cancelled else _status(session),
            is_busy=bool(join),
            is_private=bool(join_url),
            categories=tuple(str(topic.name) for topic in session.topics.all()),
            join_url=join,
            join_label=_("Join"),
            alarm_minutes=alarm_minutes if not cancelled else None,
        )


def _status(session: Session) -> ical.Status:
    return "TENTATIVE" if session.status == Session.Status.TENTATIVE else "CONFIRMED"


def summary(session: Session, *, with_cycle: bool = False, is_off: bool = False) -> str:
    """Return the event's title in the active language; `is_off` when it is not held for its reader."""
    text = naming.session_title(session)
    if with_cycle:
        text = f"{text} · {naming.cycle_short_title(session.cycle)}"
    if is_off:
        text = _("Cancelled: %(title)s") % {"title": text}
    return text


def page_address(session: Session) -> str:
    """Return the absolute address of the session's public page in the active language."""
    return settings.ESCALE_BASE_URL + reverse(
        "cycles:session-detail", args=[session.cycle.slug, session.slug]
    )


def place(session: Session) -> str:
    """Return where it is held, in the active language: nearly always online."""
    return session.host.name if session.host else pgettext("place of a webinar", "Online")


def _description(session: Session, *, address: str, join_url: str) -> str:
    parts = []
    if join_url:
        parts.append(_("Join: %(address)s") % {"address": join_url})
    if session.status == Session.Status.CANCELLED and str(session.cancel_reason):
        parts.append(_("Cancelled: %(title)s") % {"title": session.cancel_reason})
    if session.status == Session.Status.TENTATIVE:
        parts.append(_("This date is still to be confirmed."))
    if str(session.summary):
        parts.append(str(session.summary))
    parts.extend(_agenda(session))
    parts.append(
        _("Details: %(address)s") % {"address": address}
        if join_url
        else _("Details and registration: %(address)s") % {"address": address}
    )
    return "\n\n".join(parts)


def _agenda(session: Session) -> list[str]:
    lines = []
    for segment in session.segments.all():
        who = ", ".join(naming.speaker(slot) for slot in segment.slots.all() if slot.is_speaking)
        title = str(segment.title)
        if title and who:
            lines.append(_("%(label)s: %(theme)s") % {"label": title, "theme": who})
        elif title or who:
            lines.append(title or who)
    return ["\n".join(f"• {line}" for line in lines)] if lines else []
