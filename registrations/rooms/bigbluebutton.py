"""BigBlueButton's API: a meeting is created (again and again without harm) and joined by signed addresses.

A call is signed with SHA-256 over its name, its query and the secret (docs.bigbluebutton.org, API reference).
`role` at joining needs a server of 2.4 or later.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import re
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation

from cycles.language import naming

from .visit import RoomError

if TYPE_CHECKING:
    from cycles.models import Session

    from .visit import Visit

logger = logging.getLogger(__name__)
# Somebody waits for the answer with the button pressed.
TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 64 * 1024
RETURN_CODE = re.compile(rb"<returncode>\s*(\w+)\s*</returncode>")
# The meeting is open already, created with another name or recording (an older server), or by another caller just now.
IS_OPEN = b"idNotUnique"
MESSAGE_KEY = re.compile(rb"<messageKey>\s*(\w{1,60})\s*</messageKey>")


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the API is (`https://…/bigbluebutton/api`) and the secret shared with it."""

    url: str
    secret: str = field(repr=False)


def is_set_up() -> bool:
    return bool(settings.ESCALE_BIGBLUEBUTTON_URL and settings.ESCALE_BIGBLUEBUTTON_SECRET)


def is_ready(_session: Session) -> bool:
    return True


def address(visit: Visit) -> str:
    """Open the meeting and return the address that takes one person into it. Raises RoomError."""
    server = Server(url=settings.ESCALE_BIGBLUEBUTTON_URL, secret=settings.ESCALE_BIGBLUEBUTTON_SECRET)
    # One name for everybody, whatever language each of them reads: the first to come creates the meeting.
    with translation.override(settings.LANGUAGE_CODE):
        title = naming.session_title(visit.session)
    create(server, meeting=visit.room, title=title, may_record=visit.session.is_recorded)
    return signed(
        server,
        "join",
        {
            "fullName": visit.name,
            "meetingID": visit.room,
            "role": "MODERATOR" if visit.is_host else "VIEWER",
            "userID": visit.person,
            "redirect": "true",
        },
    )


def signed(server: Server, call: str, parameters: dict[str, str]) -> str:
    """Return the address of a call."""
    query = urlencode(parameters)
    checksum = hashlib.sha256(f"{call}{query}{server.secret}".encode()).hexdigest()
    return f"{server.url.rstrip('/')}/{call}?{query}&checksum={checksum}"


def create(server: Server, *, meeting: str, title: str, may_record: bool) -> None:
    """Open a meeting; one that is open stays as it is. Raises RoomError."""
    parameters = {
        "name": title[:200] or meeting,
        "meetingID": meeting,
        "record": "true" if may_record else "false",
        "autoStartRecording": "false",
    }
    request = urllib.request.Request(signed(server, "create", parameters))  # noqa: S310 - from the settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - likewise
            answer = response.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        logger.error("BigBlueButton does not answer: %s", type(error).__name__)  # noqa: TRY400 - no secrets in it
        reason = "no answer"
        raise RoomError(reason) from None
    code = RETURN_CODE.search(answer)
    if code is None or code[1] != b"SUCCESS":
        key = MESSAGE_KEY.search(answer)
        if key is not None and key[1] == IS_OPEN:
            return
        reason = key[1].decode(errors="replace") if key else "no return code"
        logger.error("BigBlueButton refused to create a meeting: %s", reason)
        raise RoomError(reason)
