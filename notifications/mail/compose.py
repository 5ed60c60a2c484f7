"""A delivery -> one message, in its reader's language: subject, text, HTML, calendar entries, headers."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts import automatic_mail
from cycles.content import accents
from cycles.models import Cycle
from notifications.delivery.ledger import message_id
from notifications.notices import speakers, surveys
from registrations.links import personal_links
from registrations.models import WAITING, CycleRegistration, State
from speakers.people import contacts, speaking

from . import session_facts, today
from .draft import Draft, address
from .kinds import KINDS, NOTICES
from .own_texts import own_words, variables
from .own_texts.texts import LONGEST_SUBJECT, Texts
from .parts import calendar_files, inline, rendering, unsubscribe
from .parts.envelope import Mail

if TYPE_CHECKING:
    import datetime as dt

    from notifications.models import Delivery
    from registrations.models import Registration
    from surveys.models import Guest

    from .draft import Reader
    from .kinds import Kind
    from .own_texts.texts import Own

FOLDER = "notifications/email"
# Who speaks was asked in person: there is no address to prove.
AT_HOME = "asked"
# Not every white space: no-break spaces are typography.
PLAIN_BLANKS = re.compile(r"[ \t\r\n]+")
SEVERAL_BLANK_LINES = re.compile(r"\n{3,}")


def message(delivery: Delivery, *, at: dt.datetime, texts: Texts | None = None) -> Mail:
    """Return the message of a delivery as it stands at `at`; the same Message-ID at every attempt.

    `texts` keeps what organisers wrote from one mail of a batch to the next.
    """
    with translation.override(delivery.language):
        draft = _draft(delivery, at=at, texts=texts)
        kind, reader = draft.kind, draft.reader
        context = _context(draft)
        own = None if kind.is_personal else draft.texts.of(delivery, draft.cycle)
        if own is not None and not kind.own_text_holds(context):
            own = None
        written = rendering.shared((kind.name, own), context, lambda marked: _write(kind, marked, own))
        mail = Mail(
            subject=_short(written.subject),
            body=written.text,
            from_email=draft.voice.sender,
            to=[delivery.to_address],
            reply_to=[draft.voice.contact],
            headers=_headers(delivery, context["unsubscribe_url"]),
        )
        mail.marked = written.marked
        mail.attach_alternative(written.html, "text/html")
        mail.logo = inline.part(draft.logo) if draft.logo is not None else None
        attendee = context["given_name"] if kind.is_to_speaker or kind.is_to_guest else str(reader)
        for file in kind.files(draft, context):
            calendar_files.attach(mail, draft, file, attendee=attendee)
        for page in kind.pages(draft):
            mail.attach(*page)
    return mail


def own_part(delivery: Delivery, *, at: dt.datetime, body: str) -> str:
    """Return the HTML that an organiser's text becomes in a mail, without the frame around it."""
    with translation.override(delivery.language):
        context = _context(_draft(delivery, at=at))
        context["parts"] = own_words.parts(body, context)
        return render_to_string(f"{FOLDER}/_own/_parts.html", context)


def values(delivery: Delivery, *, at: dt.datetime) -> dict[str, str]:
    """Return what each variable is filled with in a mail."""
    with translation.override(delivery.language):
        return own_words.values(_context(_draft(delivery, at=at)))


def _draft(delivery: Delivery, *, at: dt.datetime, texts: Texts | None = None) -> Draft:
    kind = KINDS[delivery.kind]
    reader = _reader(delivery, kind)
    return Draft(delivery=delivery, kind=kind, reader=reader, at=at, texts=texts or Texts())


@dataclasses.dataclass(frozen=True)
class Organiser:
    """Somebody who organises: their mails greet nobody, and hours are the session's."""

    given_name: str = ""
    timezone: str = ""


def _speaker(delivery: Delivery, kind: Kind) -> speaking.Speaker:
    """Return who speaks under the address of a mail, with the zone of their choice. Raises ValueError."""
    states = speaking.states_for(needs_yes=kind.needs_yes)
    session = delivery.session
    speaker = speaking.find(session, email=delivery.to_address, states=states) if session else None
    if speaker is None:
        msg = f"delivery {delivery.pk} has lost its speaker"
        raise ValueError(msg)
    contact = contacts.find(speaker.email)
    return dataclasses.replace(speaker, timezone=contact.timezone if contact else "")


def _guest(delivery: Delivery) -> Guest:
    """Return who is asked under the address of a mail. Raises ValueError."""
    guest = surveys.guest_of(delivery)
    if guest is None:
        msg = f"delivery {delivery.pk} has lost its guest"
        raise ValueError(msg)
    return guest


def _reader(delivery: Delivery, kind: Kind) -> Reader:
    """Return whom a mail is for. Raises ValueError when they are gone."""
    if kind.is_to_speaker:
        return _speaker(delivery, kind)
    if kind.is_to_organiser:
        return Organiser()
    if kind.is_to_guest:
        return _guest(delivery)
    if delivery.participant is None:
        msg = f"delivery {delivery.pk} has lost its person"
        raise ValueError(msg)
    return delivery.participant


def _write(kind: Kind, context: dict[str, Any], own: Own | None) -> rendering.Texts:
    """Return the three texts: the standard ones, or an organiser's words in the same frame."""
    if own is not None and own.subject is not None:
        subject = variables.fill(own.subject, own_words.values(context))
    else:
        subject = render_to_string(f"{FOLDER}/{kind.name}/subject.txt", context)
    # A title may hold a line break.
    context["subject"] = PLAIN_BLANKS.sub(" ", subject).strip()
    name = kind.name
    if own is not None and own.body is not None:
        name = "_own"
        with translation.override(own.language):
            context["parts"] = own_words.parts(own.body, context)
        context["words_language"] = own.language if own.language != context["language"] else ""
        context["heading"] = context.get("theme") or context.get("recap_title") or context["cycle_title"]
    text = render_to_string(f"{FOLDER}/{name}/body.txt", context)
    return rendering.Texts(
        subject=context["subject"],
        text=SEVERAL_BLANK_LINES.sub("\n\n", text.strip()) + "\n",
        html=render_to_string(f"{FOLDER}/{name}/body.html", context),
    )


def _short(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _headers(delivery: Delivery, unsubscribe_url: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(delivery.key),
        **automatic_mail.HEADERS,
        "Content-Language": delivery.language,
    }
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _context(draft: Draft) -> dict[str, Any]:
    """Return what the texts of a mail are filled with: what all mails say, what the kind says, then the session."""
    if draft.kind.is_personal:
        context = _of_everybody(draft) | draft.kind.facts(draft)
        return context | today.facts(draft, context)
    context = _of_everybody(draft) | _of_cycle(draft)
    if draft.kind.is_to_speaker:
        context |= _of_speaker(draft)
    elif not (draft.kind.is_to_organiser or draft.kind.is_to_guest):
        context |= _of_participant(draft)
    context |= draft.kind.facts(draft)
    if draft.session is not None:
        context |= session_facts.about(draft.session, draft)
    context |= today.facts(draft, context)
    if draft.kind.is_to_speaker and draft.cycle.status not in Cycle.PUBLIC:
        # No page of it is public yet: their own page shows it.
        context["stop"] = dataclasses.replace(context["stop"], url=context["speaker_url"])
    return context


def _of_everybody(draft: Draft) -> dict[str, Any]:
    return {
        "language": draft.language,
        "site_name": settings.ESCALE_SITE_NAME,
        "site_url": settings.ESCALE_BASE_URL,
        "site_contact": draft.voice.contact,
        "given_name": _called(draft),
        "manage_url": "",
        "unsubscribe_url": "",
        **_look(draft),
    }


def _look(draft: Draft) -> dict[str, Any]:
    """Return the colours and the logo of the HTML; the site's own, and none, where no programme is behind it."""
    accent = accents.of(draft.programme.accent if draft.programme is not None else "")
    logo = draft.logo
    if logo is None:
        return {"accent": accent._asdict(), "logo": None}
    # Not the picture itself: what is compared to find the same mail again is kept small.
    shown = {
        "cid": inline.cid(logo),
        "width": logo.width,
        "height": logo.height,
        "alt": logo.alt,
        "lang": logo.alt_lang or draft.language,
    }
    return {"accent": accent._asdict(), "logo": shown}


def _called(draft: Draft) -> str:
    """Return what a mail calls its reader by: one name is enough, and none is used that may be a stranger's words.

    Until an address is proved, anybody may have typed it, with any words for a name.
    """
    person = draft.reader
    if draft.kind.is_unproved or getattr(person, "confirmed_at", AT_HOME) is None:
        return ""
    return person.given_name or getattr(person, "family_name", "")


def _of_cycle(draft: Draft) -> dict[str, Any]:
    cycle = draft.cycle
    return {
        # What its public pages say on top: that a demonstration announces nothing, for one.
        "banner": str(cycle.banner),
        "cycle_title": str(cycle.title),
        "cycle_url": address("cycles:cycle-detail", cycle.slug),
    }


def _of_speaker(draft: Draft) -> dict[str, Any]:
    """Return what a mail to someone who speaks says. Nothing in it opens anything of a person registered."""
    session = draft.delivery.session
    if session is None or not isinstance(draft.reader, speaking.Speaker):
        return {}
    return speakers.context(draft.reader, session, language=draft.language)


def _of_participant(draft: Draft) -> dict[str, Any]:
    delivery, person = draft.delivery, draft.participant
    place = delivery.registration or _seat_since(draft) or delivery.cycle_registration
    manage_url = "" if draft.kind.is_unproved else personal_links.manage(person, language=draft.language)
    return {
        # A stranger's request must not open that person's page: only the confirmed owner gets this link.
        "manage_url": manage_url,
        "unsubscribe_url": unsubscribe.url(draft.kind, person, draft.cycle),
        "leaves_news": draft.kind.stops_with_news,
        "standing": _STANDING.get(State(place.state), "waiting") if place is not None else "seated",
        "waits_for_all": isinstance(place, CycleRegistration) and place.state in WAITING,
        **_origin(delivery.cycle_registration),
    }


# Where the reader stands at what a mail is about. Who gave a place back had one: what a mail says of it is past.
_STANDING = {
    State.CONFIRMED: "seated",
    State.CANCELLED: "seated",
    State.OFFERED: "offered",
    State.IN_REVIEW: "asked",
}
# Whose registration was confirmed at some time; the others asked for it.
_REGISTERED = (State.CONFIRMED, State.CANCELLED)


def _seat_since(draft: Draft) -> Registration | None:
    """Return the place at a changed date of a reader who waited for the cycle as it was owed, and got in since."""
    row, session = draft.delivery.cycle_registration, draft.delivery.session
    if draft.kind.name not in NOTICES or session is None or row is None or row.state in WAITING:
        return None
    return row.registrations.live().filter(session=session).first()


def _origin(row: CycleRegistration | None) -> dict[str, Any]:
    """Return how the reader came to a cycle: why they get a mail."""
    if row is None:
        return {"was_added": False, "has_asked": False}
    was_added = row.source != row.Source.FORM
    return {"was_added": was_added, "has_asked": not was_added and row.state not in _REGISTERED}
