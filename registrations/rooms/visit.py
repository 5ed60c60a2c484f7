"""One visitor of a room, and what goes wrong on the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session


class RoomError(Exception):
    """There is no room to send people to just now; the text is for the log, not for them."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who enters the room of a session, and when; `person` names them to the server without an address."""

    session: Session
    name: str
    person: str
    is_host: bool
    at: dt.datetime

    @property
    def room(self) -> str:
        """The name of the room on its server; unless one was chosen, one that nobody guesses."""
        return self.session.room_name or f"escale-{self.session.uid.hex}"
