"""Where a session meets: any https address, a BigBlueButton or a Jitsi of one's own.

Addresses are made when somebody presses the button, for that person, and never stored or shown before: what
signs them comes from the settings. The kind of room may change until the last minute under the same link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from cycles.language import naming
from cycles.models import Session

from . import bigbluebutton, jitsi
from .trouble import RoomError

if TYPE_CHECKING:
    import datetime as dt

    from registrations.models import Registration

__all__ = ["RoomError", "address", "available", "host_address", "is_ready"]


def available() -> list[str]:
    """Return the kinds of rooms that this installation can open."""
    kinds = [Session.RoomKind.LINK.value]
    if settings.ESCALE_BIGBLUEBUTTON_URL and settings.ESCALE_BIGBLUEBUTTON_SECRET:
        kinds.append(Session.RoomKind.BIGBLUEBUTTON.value)
    if settings.ESCALE_JITSI_URL:
        kinds.append(Session.RoomKind.JITSI.value)
    return kinds


def is_ready(session: Session) -> bool:
    """True when there is a room to send people to: a safe address, or a server that makes one."""
    if session.room_kind != Session.RoomKind.LINK:
        return session.room_kind in available()
    parts = urlsplit(session.room_url)
    return parts.scheme == "https" and bool(parts.hostname)


def address(registration: Registration, *, at: dt.datetime) -> str:
    """Return where to send one person now. Raises RoomError when no room answers."""
    return _address(
        registration.session,
        name=str(registration.participant),
        person=f"registration-{registration.pk}",
        is_host=False,
        at=at,
    )


def host_address(session: Session, *, name: str, person: str, at: dt.datetime) -> str:
    """Return where to send someone who runs the session. Raises RoomError when no room answers."""
    return _address(session, name=name, person=f"host-{person}", is_host=True, at=at)


def room_name(session: Session) -> str:
    """Return the name of the room on its server; unless one was chosen, one that nobody guesses."""
    return session.room_name or f"escale-{session.uid.hex}"


def _address(session: Session, *, name: str, person: str, is_host: bool, at: dt.datetime) -> str:
    if not is_ready(session):
        reason = "no room"
        raise RoomError(reason)
    if session.room_kind == Session.RoomKind.LINK:
        return (session.room_host_url if is_host else "") or session.room_url
    if session.room_kind == Session.RoomKind.BIGBLUEBUTTON:
        server = bigbluebutton.Server(
            url=settings.ESCALE_BIGBLUEBUTTON_URL, secret=settings.ESCALE_BIGBLUEBUTTON_SECRET
        )
        # One name for everybody, whatever language each of them reads: the first to come creates the meeting.
        with translation.override(settings.LANGUAGE_CODE):
            title = naming.session_title(session)
        bigbluebutton.create(server, meeting=room_name(session), title=title, may_record=session.is_recorded)
        return bigbluebutton.join_address(
            server, meeting=room_name(session), name=name, person=person, is_host=is_host
        )
    return jitsi.address(
        jitsi.Server(
            url=settings.ESCALE_JITSI_URL,
            app_id=settings.ESCALE_JITSI_APP_ID,
            secret=settings.ESCALE_JITSI_SECRET,
        ),
        room=room_name(session),
        name=name,
        person=person,
        is_host=is_host,
        language=get_language() or settings.LANGUAGE_CODE,
        at=at,
        until=max(session.ends_at or at, at) + jitsi.MARGIN,
    )
