"""How a cycle, a session and a speaker are called, in the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from cycles.schedule import recurrence

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session, SpeakerSlot


def fallback(text: object) -> str:
    """Return the language in which a text will really be shown when that is not the active one, else nothing."""
    if not isinstance(text, LazyI18nString) or not isinstance(text.data, dict):
        return ""
    active = get_language() or settings.LANGUAGE_CODE
    if text.data.get(active):
        return ""
    return next((code for code, _name in settings.LANGUAGES if text.data.get(code)), "")


def hour_note(session: Session) -> str:
    """Say that the hour of a half-day is not known yet; empty for what lasts whole days, or has its hours."""
    return _("hour to be announced") if session.is_all_day and session.cycle.is_run else ""


def with_hour_note(when: str, session: Session) -> str:
    """Return when a session is, and that its hour is still to be announced where it is."""
    note = hour_note(session)
    return f"{when} ({note})" if note and when else when


def was_all_day(session: Session, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Tell whether an earlier date of a session was told without hours: a run may have got them since."""
    if not session.cycle.is_run:
        return session.is_all_day
    return recurrence.is_whole_days(starts_at, ends_at, zone=session.cycle.timezone)


def session_word(cycle: Cycle) -> str:
    """Return the cycle's own word for a session ("Escale"), or the general one."""
    return str(cycle.session_word) or _("Session")


def session_label(session: Session) -> str:
    """Return "Escale 3"; a session without a number is called by the word alone."""
    word = session_word(session.cycle)
    return word if session.number is None else f"{word} {session.number}"


def session_theme(session: Session) -> str:
    """Return the theme, or the words that say that it is not known yet."""
    title = str(session.title) if session.has_theme else ""
    return title or _("theme to be announced")


def session_title(session: Session) -> str:
    """Return "Escale 3 : the theme" as titles, mails and calendars show it."""
    return _("%(label)s: %(theme)s") % {"label": session_label(session), "theme": session_theme(session)}


def where(session: Session) -> str:
    """Return where a session is held: "Online", its place, or both; a place that nobody knows yet is to come."""
    online = pgettext("place of a webinar", "Online")
    if not session.is_on_site:
        return session.host.name if session.host else online
    place = str(session.place).strip() or _("place to be announced")
    return _("%(place)s, or online") % {"place": place} if session.has_room else place


def cycle_short_title(cycle: Cycle) -> str:
    return str(cycle.short_title) or str(cycle.title)


def speaker(slot: SpeakerSlot) -> str:
    """Return "Nadia Belkacem (Pro Bono Lab)", the organisation alone, or the office of someone unnamed.

    As the public is told: of somebody who has not said yes, the organisation alone.
    """
    person = slot.shown_person
    who = str(person) if person else ""
    organisation = slot.organisation or (person.organisation if person else None)
    if not organisation:
        return who
    return (
        _("%(who)s (%(organisation)s)") % {"who": who, "organisation": organisation.name}
        if who
        else organisation.name
    )
