"""The way in on the day of a session, in mails that are about something else: a recap, news, a message to a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registrations.models import Registration

from . import session_facts
from .draft import join_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .draft import Draft


def facts(draft: Draft, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the session of the reader's day that they may join, and their link, which then stands first in the mail.

    Of the cycle that the mail is about; of any, in a mail about the person. A mail about a session ahead, or one that
    shows a way in already, keeps to that.
    """
    if context.get("joins_today") or context.get("begins_now") or not _is_about_something_else(draft):
        return {}
    sessions = [
        session
        for session in draft.texts.joinable(at=draft.at)
        if draft.kind.is_personal or session.cycle_id == draft.cycle.pk
        if session_facts.is_today(session, zone=draft.zone(session), at=draft.at)
    ]
    if not sessions:
        return {}
    seats = Registration.objects.confirmed().filter(participant=draft.participant, session__in=sessions)
    by_session = {seat.session_id: seat for seat in seats}
    first = next((session for session in sessions if session.pk in by_session), None)
    if first is None or first.starts_at is None:
        return {}
    return {
        "joins_today": True,
        "join_url": join_url(by_session[first.pk], first, draft),
        "today": {"stop": draft.stop(first), "has_begun": first.starts_at <= draft.at},
    }


def _is_about_something_else(draft: Draft) -> bool:
    """Tell whether a mail goes to somebody registered, and is about no session that is still ahead."""
    kind = draft.kind
    if kind.is_to_speaker or kind.is_to_organiser or kind.is_to_guest:
        return False
    if kind.is_unproved or kind.stays_at_address:
        return False
    return kind.is_personal or draft.session is None or kind.comes_after or kind.stops_with_news
