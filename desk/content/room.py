"""Telling people that the room of a session has changed: a draft to those who have a place, which somebody sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from notifications.mail.own_texts import texts
from notifications.models import GroupMessage
from registrations.models import Registration, State

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session

ROOM = ("room_kind", "room_name", "room_url", "modality", "place")
# A title must not be read as a variable of the mail.
BRACES = str.maketrans("{}", "()")


def has_moved(before: Session, after: Session) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in ROOM)


def change_in_words(before: Session, after: Session) -> str:
    """Say what another room or place means for those who have a place; nothing where it stays."""
    if not has_moved(before, after):
        return ""
    if after.is_on_site:
        return _("The place changes: the page, the calendars and emails say the new one.")
    if before.is_on_site or not _is_given(before):
        return _("The links of those who register lead to this room.")
    return _("The room changes: the links that people have lead to the new one.")


def _is_given(session: Session) -> bool:
    return bool(session.room_url) or session.room_kind != session.RoomKind.LINK


def seated(session: Session, *, at: dt.datetime) -> int:
    """Count those who are to enter the room: none once the session is over, or off."""
    if not session.is_held or session.ends_at is None or session.ends_at <= at:
        return 0
    return Registration.objects.confirmed().filter(session=session).count()


def _words(session: Session, before: Session, named: dict[str, str]) -> tuple[str, str]:
    """Return the subject and the body, to be filled with `named`, to which the place is added."""
    if session.is_on_site:
        named["place"] = naming.where(session).translate(BRACES)
        return _("Another place: %(session)s"), _(
            "Hello,\n\n%(session)s takes place here: %(place)s. The date stays: %(when)s.\n\n{manage_link}"
        )
    if before.is_on_site:
        return _("Now online: %(session)s"), _(
            "Hello,\n\n%(session)s takes place online. The date stays: %(when)s.\n\n"
            "Your page leads to the room on the day.\n\n{manage_link}"
        )
    return _("Another room: %(session)s"), _(
        "Hello,\n\n%(session)s takes place in another room. The date stays: %(when)s.\n\n"
        "Your link leads there: you have nothing to do.\n\n{manage_link}"
    )


def message(before: Session, session: Session) -> dict[str, Any]:
    """Return the message in both languages and whom it is for, to be kept as a draft that somebody sends."""
    subjects, bodies = {}, {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            named = {
                "session": naming.session_title(session).translate(BRACES),
                "when": wording.long_when(
                    session.starts_at, session.ends_at, zone=session.cycle.timezone, language=code
                )
                if session.starts_at and session.ends_at
                else "",
            }
            subject, body = _words(session, before, named)
            subjects[code] = Truncator(subject % named).chars(texts.LONGEST_SUBJECT)
            bodies[code] = body % named
    return {
        "about": GroupMessage.About.ORGANISATION,
        "subjects": subjects,
        "bodies": bodies,
        "selection": {"stop": [session.slug], "state": [State.CONFIRMED.value]},
    }
