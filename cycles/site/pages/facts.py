"""What somebody decides from: how one takes part, the price, the language, who organises and answers, the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cycles.language import words as language_words
from cycles.models import Cycle, Session
from cycles.models.shared import Modality

from .stops import language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models import Organisation, Picture
    from cycles.site import crowds


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line: what it is about, what is so, and where it leads (empty: nowhere)."""

    term: str
    words: str
    address: str = ""
    # The logo of whom it names.
    mark: Picture | None = None


def contact_of(cycle: Cycle) -> str:
    """Return the mailbox that answers about a cycle: its own, its programme's, else the site's.

    A programme that is a draft hides its page, not its mailbox: emails of the cycle name it all the same.
    """
    of_programme = cycle.programme.contact_email if cycle.programme else ""
    return cycle.contact_email or of_programme or settings.ESCALE_CONTACT_EMAIL


def organiser_of(cycle: Cycle) -> Organisation | None:
    """Return who holds a cycle: its host, else the lead of its programme."""
    programme = cycle.public_programme
    return cycle.host or (programme.lead if programme else None)


def of_session(session: Session, *, crowd: crowds.Crowd | None, at: dt.datetime) -> tuple[Fact, ...]:
    """Return what one decides from about a session; a past one is no longer to be decided about."""
    is_ahead = session.is_held and bool(session.ends_at and session.ends_at > at)
    cycle = session.cycle
    facts = []
    if cycle.kind in Cycle.Kind.with_meetings():
        facts += [_participation([session]), *(_access(session) if is_ahead else ())]
    if is_ahead:
        facts += _terms(cycle)
    facts += _language(cycle)
    if is_ahead and cycle.kind in Cycle.Kind.with_meetings():
        facts += _recording([session])
    facts += _people(session.host or organiser_of(cycle), cycle)
    return (*facts, *(_registered(crowd) if is_ahead else ()))


def of_cycle(
    cycle: Cycle, sessions: Iterable[Session], *, crowd: crowds.Crowd | None, at: dt.datetime
) -> tuple[Fact, ...]:
    """Return what one decides from about a cycle, of its dates to come while there are any."""
    listed = list(sessions)
    ahead = [s for s in listed if s.is_held and s.ends_at and s.ends_at > at]
    with_meetings = cycle.kind in Cycle.Kind.with_meetings() and not cycle.is_external
    facts = []
    if with_meetings and listed:
        facts.append(_participation(ahead or listed))
    if ahead:
        facts += _terms(cycle)
    facts += _language(cycle)
    if ahead and with_meetings:
        facts += _recording(ahead)
    facts += _people(organiser_of(cycle), cycle)
    return (*facts, *(_registered(crowd) if ahead else ()))


def _participation(sessions: Iterable[Session]) -> Fact:
    ways = {session.modality: session for session in sessions}
    words = [str(Modality(way).label) for way in Modality.values if way in ways]
    places = [
        str(s.place).strip() or _("place to be announced")
        for way, s in ways.items()
        if way != Modality.ONLINE
    ]
    return Fact(term=_("How"), words=" · ".join([capfirst(", ".join(words)), *dict.fromkeys(places)]))


def _access(session: Session) -> list[Fact]:
    if not session.is_on_site or not str(session.access):
        return []
    return [Fact(term=_("How to get there"), words=str(session.access))]


def _terms(cycle: Cycle) -> list[Fact]:
    if cycle.is_external or cycle.kind not in Cycle.Kind.with_registration():
        return []
    facts = [Fact(term=_("Price"), words=str(cycle.price) or _("Free"))]
    if cycle.registration_mode == Cycle.RegistrationMode.APPROVAL:
        words = _("The organisers look at each request and answer it by email.")
        facts.append(Fact(term=_("Registration"), words=words))
    return facts


def _language(cycle: Cycle) -> list[Fact]:
    if not cycle.spoken_language:
        return []
    name = language_words.of(language()).language(cycle.spoken_language)
    return [Fact(term=_("Language"), words=capfirst(name))]


def _recording(sessions: Iterable[Session]) -> list[Fact]:
    recorded = {session.is_recorded for session in sessions}
    if recorded == {True}:
        words = _("Yes, a replay follows")
    elif recorded == {False}:
        words = _("No")
    else:
        words = _("Some dates: the page of each says so")
    return [Fact(term=_("Recorded"), words=words)]


def _people(organiser: Organisation | None, cycle: Cycle) -> list[Fact]:
    facts = []
    if organiser is not None:
        address = reverse("cycles:organisation-detail", args=[organiser.slug])
        mark = getattr(organiser, "picture", None)
        facts.append(Fact(term=_("Organised by"), words=organiser.name, address=address, mark=mark))
    if not cycle.is_external:
        contact = contact_of(cycle)
        facts.append(Fact(term=_("Contact"), words=contact, address=f"mailto:{contact}"))
    return facts


def _registered(crowd: crowds.Crowd | None) -> list[Fact]:
    return [Fact(term=_("Registered"), words=crowd.words)] if crowd is not None and crowd.words else []
