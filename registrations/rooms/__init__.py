"""Where a session meets: any https address, a BigBlueButton or a Jitsi of one's own.

Addresses are made when somebody presses the button, for that person, and never stored or shown before: what
signs them comes from the settings. The kind of room may change until the last minute under the same link.
Each kind of `Session.RoomKind` is one module here, of its name and of the shape of `Kind`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from cycles.models import Session

from .visit import RoomError, Visit

if TYPE_CHECKING:
    import datetime as dt

    from registrations.models import Registration

__all__ = ["RoomError", "address", "available", "host_address", "is_ready"]


class Kind(Protocol):
    """What the module of a kind of room holds."""

    def is_set_up(self) -> bool:
        """True where this installation has what such rooms need."""

    def is_ready(self, session: Session) -> bool:
        """True when a session has such a room to send people to; asked only where it is set up."""

    def address(self, visit: Visit) -> str:
        """Return where to send one visitor. Raises RoomError when no room answers."""


KINDS = {
    kind: cast("Kind", importlib.import_module(f"{__name__}.{kind}")) for kind in Session.RoomKind.values
}


def available() -> list[str]:
    """Return the kinds of rooms that this installation can open."""
    return [kind for kind, module in KINDS.items() if module.is_set_up()]


def is_ready(session: Session) -> bool:
    """True when there is a room to send people to: a safe address, or a server that makes one."""
    module = KINDS.get(session.room_kind)
    return module is not None and module.is_set_up() and module.is_ready(session)


def address(registration: Registration, *, at: dt.datetime) -> str:
    """Return where to send one person now. Raises RoomError when no room answers."""
    visit = Visit(
        session=registration.session,
        name=str(registration.participant),
        person=f"registration-{registration.pk}",
        is_host=False,
        at=at,
    )
    return _address(visit)


def host_address(session: Session, *, name: str, person: str, at: dt.datetime) -> str:
    """Return where to send someone who runs the session. Raises RoomError when no room answers."""
    return _address(Visit(session=session, name=name, person=f"host-{person}", is_host=True, at=at))


def _address(visit: Visit) -> str:
    if not is_ready(visit.session):
        reason = "no room"
        raise RoomError(reason)
    return KINDS[visit.session.room_kind].address(visit)
