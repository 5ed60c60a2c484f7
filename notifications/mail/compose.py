"""A delivery -> one message, in its reader's language: subject, text, HTML, calendar entry, headers."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cycles.calendars import entries
from cycles.calendars.rfc5545 import ical
from cycles.language import naming, wording
from cycles.models import Session
from notifications.delivery.ledger import message_id
from notifications.kinds import KINDS, TO_GROUPS
from notifications.notices import digests, queues, recaps, speakers
from registrations import speaking
from registrations.links import personal_links
from registrations.models import Registration, State
from registrations.pages import my_pages

from . import own_words, rendering, unsubscribe, variables
from .envelope import Mail, Voice, voice
from .texts import LONGEST_SUBJECT, Texts

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from cycles.models import Cycle
    from notifications.kinds import Kind
    from notifications.models import Delivery, Occurrence
    from registrations.models import CycleRegistration, Participant

    from .texts import Own

FOLDER = "notifications/email"
# They go to an address that nobody has proved.
UNPROVED = frozenset({"confirm_address", "address_to_prove"})
# Who speaks was asked in person: there is no address to prove.
AT_HOME = "asked"
ENDED = frozenset({"registration_cancelled", "registration_removed"})
# The last reminder that every plan begins with leaves an hour before.
LAST_REMINDER = dt.timedelta(hours=1)
# A mail with more files looks like a mistake; those dates are on the person's page, and in their private calendar.
MOST_ENTRIES = 12
# Not every white space: no-break spaces are typography.
PLAIN_BLANKS = re.compile(r"[ \t\r\n]+")
SEVERAL_BLANK_LINES = re.compile(r"\n{3,}")


class Reader(Protocol):
    """Whom a mail is written for: someone registered, or someone who speaks."""

    @property
    def given_name(self) -> str: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True)
class Stop:
    """A session as a mail shows it."""

    title: str
    when: str
    url: str
    summary: str
    is_tentative: bool


def message(delivery: Delivery, *, at: dt.datetime, texts: Texts | None = None) -> EmailMultiAlternatives:
    """Return the message of a delivery as it stands at `at`; the same Message-ID at every attempt.

    `texts` keeps what organisers wrote from one mail of a batch to the next.
    """
    kind = KINDS[delivery.kind]
    with translation.override(delivery.language):
        texts = texts or Texts()
        context = _context(delivery, kind, at=at)
        if kind.name == "reminder" and delivery.session is not None:
            context["also"] = _also(delivery, texts.following(delivery.session))
        own = None if kind.is_personal else texts.of(delivery, _cycle(delivery))
        written = rendering.shared((kind.name, own), context, lambda marked: _write(kind, marked, own))
        speaks = _voice(delivery, kind)
        mail = Mail(
            subject=_short(written.subject),
            body=written.text,
            from_email=speaks.sender,
            to=[delivery.to_address],
            reply_to=[speaks.contact],
            headers=_headers(delivery, context["unsubscribe_url"]),
        )
        mail.attach_alternative(written.html, "text/html")
        if kind.is_to_speaker and kind.calendar is not None and delivery.session is not None:
            name = context["given_name"]
            _attach(mail, delivery, kind, delivery.session, url=context["speaker_url"], name=name)
        elif kind.name in ENDED:
            _attach_ended(mail, delivery, kind)
        elif kind.name == "sessions_added":
            _attach_added(mail, delivery, kind, at=at)
        elif kind.calendar is not None:
            _attach_entry(mail, delivery, kind, at=at)
        for part in context.get("parts", ()) if kind.is_digest else ():
            _attach_part(mail, delivery, part, is_only=len(context["parts"]) == 1)
    return mail


def _voice(delivery: Delivery, kind: Kind) -> Voice:
    return voice(None if kind.is_personal else _cycle(delivery))


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
        # RFC 3834: no holiday answer wanted.
        "Auto-Submitted": "auto-generated",
        "Content-Language": delivery.language,
    }
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _speaker_context(delivery: Delivery, *, at: dt.datetime) -> dict[str, Any]:
    """Return what a mail to someone who speaks says. Nothing in it opens anything of a person registered."""
    session = delivery.session
    speaker = speaking.find(session, email=delivery.to_address) if session else None
    if session is None or speaker is None:
        msg = f"delivery {delivery.pk} has lost its speaker"
        raise ValueError(msg)
    return {
        **_everywhere(delivery, speaker),
        "cycle_title": str(session.cycle.title),
        "cycle_url": _address("cycles:cycle-detail", session.cycle.slug),
        "manage_url": "",
        "unsubscribe_url": "",
        **speakers.context(speaker, session, language=delivery.language),
        **_about(session, delivery, speaker, at=at),
    }


def _context(delivery: Delivery, kind: Kind, *, at: dt.datetime) -> dict[str, Any]:
    if kind.is_to_speaker:
        return _speaker_context(delivery, at=at)
    person = delivery.participant
    if person is None:
        msg = f"delivery {delivery.pk} has lost its person"
        raise ValueError(msg)
    language = delivery.language
    if kind.is_personal:
        return _personal_context(delivery, person)
    cycle = _cycle(delivery)
    context: dict[str, Any] = {
        **_everywhere(delivery, person),
        "cycle_title": str(cycle.title),
        "cycle_url": _address("cycles:cycle-detail", cycle.slug),
        # A stranger's request must not open that person's page: only the confirmed owner gets this link.
        "manage_url": ""
        if kind.name == "confirm_address"
        else personal_links.manage(person, language=language),
        "unsubscribe_url": unsubscribe.url(kind, person, cycle),
        "leaves_news": kind.stops_with_news,
    }
    context["standing"] = _standing(delivery)
    if kind.name == "confirm_address" and delivery.cycle_registration is not None:
        context |= _to_confirm(delivery.cycle_registration, cycle, person=person, language=language)
    elif kind.name in queues.KINDS:
        context |= queues.context(
            delivery,
            stop=lambda session: _stop(session, person),
            zone=person.timezone or cycle.timezone,
            language=language,
            at=at,
        )
    elif kind.name in recaps.KINDS:
        context |= recaps.context(delivery, stop=lambda session: _stop(session, person), url=_address, at=at)
    elif kind.is_digest:
        context |= _digest_context(delivery, person, at=at)
    context |= _of_kind(delivery, person, at=at)
    session = _session(delivery)
    if session is not None:
        context |= _about(session, delivery, person, at=at)
    return context


def _to_confirm(
    row: CycleRegistration, cycle: Cycle, *, person: Participant, language: str
) -> dict[str, Any]:
    """Return the link that proves an address, and what pressing its button can promise."""
    return {
        "confirm_url": personal_links.confirm(row, language=language, person=person),
        "needs_approval": cycle.registration_mode == cycle.RegistrationMode.APPROVAL,
        "may_wait": my_pages.may_wait(cycle),
    }


def _of_kind(delivery: Delivery, person: Participant, *, at: dt.datetime) -> dict[str, Any]:
    """Return what only one kind of mail about a registration says."""
    if delivery.kind == "registration_removed":
        only = delivery.registration
        return {"files": int(only.confirmed_at is not None) if only else len(_given_up(delivery))}
    if delivery.kind != "registration_confirmed":
        return {}
    row = delivery.cycle_registration
    return {
        "begins_now": _begins_now(delivery, person, at=at),
        "was_added": row is not None and row.source != row.Source.FORM,
    }


def _standing(delivery: Delivery) -> str:
    """Return where the reader stands at what a mail is about: "seated", "offered" or "waiting"."""
    place = delivery.registration or delivery.cycle_registration
    return _STANDING.get(State(place.state), "waiting") if place is not None else "seated"


# Who gave a place back had one: what a mail says of it is past.
_STANDING = {State.CONFIRMED: "seated", State.CANCELLED: "seated", State.OFFERED: "offered"}


def _given_up(delivery: Delivery) -> list[Registration]:
    """Return the places, held once, that ended with what a mail tells, soonest first: calendars may hold them."""
    rows = Registration.objects.filter(
        cycle_registration=delivery.cycle_registration_id,
        state=State.CANCELLED,
        cancelled_at=delivery.created_at,
        confirmed_at__isnull=False,
        session__ends_at__gt=delivery.created_at,
    )
    return list(rows.select_related("session__cycle").order_by("session__starts_at", "pk"))


def _everywhere(delivery: Delivery, person: Reader) -> dict[str, Any]:
    return {
        "language": delivery.language,
        "site_name": settings.ESCALE_SITE_NAME,
        "site_url": settings.ESCALE_BASE_URL,
        "site_contact": _voice(delivery, KINDS[delivery.kind]).contact,
        "given_name": _called(delivery, person),
    }


def _called(delivery: Delivery, person: Reader) -> str:
    """Return what a mail calls its reader by: one name is enough, and none is used that may be a stranger's words.

    Until an address is proved, anybody may have typed it, with any words for a name.
    """
    if delivery.kind in UNPROVED or getattr(person, "confirmed_at", AT_HOME) is None:
        return ""
    return person.given_name or getattr(person, "family_name", "")


def _personal_context(delivery: Delivery, person: Participant) -> dict[str, Any]:
    """Return what a mail about the person's own address may say: never their page to an address unproved."""
    context = {**_everywhere(delivery, person), "manage_url": "", "unsubscribe_url": ""}
    if delivery.kind == "address_to_prove":
        context["prove_url"] = personal_links.prove_address(
            person, email=delivery.to_address, language=delivery.language
        )
    elif delivery.kind in ("address_in_use", "own_link"):
        context["manage_url"] = personal_links.manage(person, language=delivery.language)
    return context


def _cycle(delivery: Delivery) -> Cycle:
    if delivery.cycle_registration is not None:
        return delivery.cycle_registration.cycle
    if delivery.session is not None:
        return delivery.session.cycle
    msg = f"delivery {delivery.pk} names neither a registration nor a session"
    raise ValueError(msg)


def _session(delivery: Delivery) -> Session | None:
    if delivery.kind in TO_GROUPS:
        # Its place at a session says who is meant, not what the message is about.
        return None
    if delivery.session is not None:
        return delivery.session
    return delivery.registration.session if delivery.registration is not None else None


def _address(name: str, *slugs: str) -> str:
    return settings.ESCALE_BASE_URL + _path(name, slugs, translation.get_language())


# The same few for all the mails of a mailing.
@functools.lru_cache(maxsize=1024)
def _path(name: str, slugs: tuple[str, ...], _language: str | None) -> str:
    return reverse(name, args=slugs)


_long_when = functools.lru_cache(maxsize=1024)(wording.long_when)
_short_when = functools.lru_cache(maxsize=1024)(wording.short_when)


def _zone(session: Session, person: Reader) -> str:
    return person.timezone or session.cycle.timezone


def _stop(session: Session, person: Reader) -> Stop:
    when = ""
    if session.starts_at is not None and session.ends_at is not None:
        when = _long_when(
            session.starts_at,
            session.ends_at,
            zone=_zone(session, person),
            all_day=session.is_all_day,
            language=translation.get_language() or "fr",
        )
    return Stop(
        title=naming.session_title(session),
        when=when,
        url=_address("cycles:session-detail", session.cycle.slug, session.slug),
        summary=str(session.summary),
        is_tentative=session.status == Session.Status.TENTATIVE,
    )


def _sessions_ahead(delivery: Delivery, *, at: dt.datetime) -> list[Session]:
    """Return the sessions at which someone has a place and that have not ended, soonest first."""
    rows = Registration.objects.filter(
        cycle_registration=delivery.cycle_registration_id, state=State.CONFIRMED
    )
    sessions = Session.objects.upcoming(at=at).filter(registrations__in=rows)
    return list(sessions.select_related("cycle"))


def _begins_now(delivery: Delivery, person: Participant, *, at: dt.datetime) -> dict[str, Any] | None:
    """Return the session that begins within the hour, with its link: no reminder will bring it (R1)."""
    seat = (
        Registration.objects.seated()
        .filter(cycle_registration=delivery.cycle_registration_id, session__ends_at__gt=at)
        .filter(session__in=Session.objects.held(), session__starts_at__lte=at + LAST_REMINDER)
        .select_related("session__cycle")
        .order_by("session__starts_at")
        .first()
    )
    if seat is None:
        return None
    return {
        "stop": _stop(seat.session, person),
        "join_url": personal_links.join(seat, language=delivery.language, person=person),
        "has_begun": seat.session.starts_at is not None and seat.session.starts_at <= at,
    }


def _about(session: Session, delivery: Delivery, person: Reader, *, at: dt.datetime) -> dict[str, Any]:
    """Return what a mail about one session may say."""
    language = delivery.language
    zone = _zone(session, person)
    about: dict[str, Any] = {"stop": _stop(session, person), "theme": naming.session_theme(session)}
    if session.starts_at is not None:
        about["soon"] = soon(session.starts_at, at=at, zone=zone, language=language)
        about["has_begun"] = session.starts_at <= at
        about |= _afterwards(session, person, at=at)
    if delivery.registration is not None and session.is_held:
        about["join_url"] = personal_links.join(
            delivery.registration, language=language, person=delivery.participant
        )
    if delivery.occurrence is not None:
        about |= _change(session, delivery.occurrence, zone=zone, language=language)
    if session.starts_at is not None:
        about["new_date"] = _short_when(
            session.starts_at, zone=zone, all_day=session.is_all_day, language=language
        )
    return about


def _change(session: Session, notice: Occurrence, *, zone: str, language: str) -> dict[str, Any]:
    """Return what a notice says of the change itself: why, and the schedule that people have in mind."""
    if notice.since_revision is None:
        return {}
    changes = {change.revision: change for change in session.changes.all()}
    first, last = changes[notice.since_revision + 1], changes[notice.revision]
    said: dict[str, Any] = {"reason": str(last.reason)}
    if first.from_starts_at is not None and first.from_ends_at is not None:
        said["old_when"] = wording.long_when(
            first.from_starts_at,
            first.from_ends_at,
            zone=zone,
            all_day=session.is_all_day,
            language=language,
        )
        said["old_date"] = wording.short_when(
            first.from_starts_at, zone=zone, all_day=session.is_all_day, language=language
        )
    return said


def _digest_context(delivery: Delivery, person: Participant, *, at: dt.datetime) -> dict[str, Any]:
    """Return what a mail about several changes says: `parts`, soonest first, and `reason` where it is the same."""

    def say(session: Session, notice: Occurrence) -> dict[str, Any]:
        zone = _zone(session, person)
        said = {"stop": _stop(session, person)}
        return said | _change(session, notice, zone=zone, language=delivery.language)

    found = digests.parts(delivery, say=say, at=at)
    reasons = {part.said.get("reason", "") for part in found}
    has_all = all(part.seat.state == State.CONFIRMED for part in found)
    return {
        "parts": found,
        "standing": "seated" if has_all else "waiting",
        "are_cancelled": all(part.kind == "session_cancelled" for part in found),
        "reason": next(iter(reasons)) if len(reasons) == 1 else "",
    }


def _also(delivery: Delivery, following: list[Session]) -> list[dict[str, Any]]:
    """Return the sessions close behind at which the reader has a place: no reminder of their own comes (R7)."""
    person = delivery.participant
    if not following or person is None:
        return []
    seats = Registration.objects.seated().filter(participant=person, session__in=following)
    by_session = {seat.session_id: seat for seat in seats}
    return [
        {
            "stop": _stop(session, person),
            "join_url": personal_links.join(
                by_session[session.pk], language=delivery.language, person=person
            ),
        }
        for session in following
        if session.pk in by_session
    ]


def _afterwards(session: Session, person: Reader, *, at: dt.datetime) -> dict[str, Any]:
    """Return what a mail sent once the session is over may add: the replay, and the next date."""
    if session.ends_at is None or session.ends_at > at:
        return {}
    following = session.cycle.sessions.upcoming(at=at).select_related("cycle").first()
    return {
        "has_ended": True,
        "replay_url": session.replay_url,
        "next_stop": _stop(following, person) if following else None,
    }


def soon(starts_at: dt.datetime, *, at: dt.datetime, zone: str, language: str) -> str:
    """Return "Tomorrow 13:00", «Demain 13 h», or the date when it is further: for a subject."""
    local = starts_at.astimezone(ZoneInfo(zone))
    days = (local.date() - at.astimezone(ZoneInfo(zone)).date()).days
    hour = wording.clock(local, language=language)
    if language != "en":
        hour = hour.removesuffix(f"{wording.NARROW}00")
    if days == 0:
        return _("Today %(hour)s") % {"hour": hour}
    if days == 1:
        return _("Tomorrow %(hour)s") % {"hour": hour}
    date = wording.long_date(local.date(), language=language).rpartition(" ")[0]
    return f"{date[0].upper()}{date[1:]}, {hour}"


def _attach_entry(mail: EmailMultiAlternatives, delivery: Delivery, kind: Kind, *, at: dt.datetime) -> None:
    """Attach one calendar entry (RFC 6047): of the session concerned, else of the next one booked."""
    session = _session(delivery)
    if kind.stops_with_news or (session is None and kind.calendar == "REQUEST"):
        session = next(iter(_sessions_ahead(delivery, at=at)), None)
    person = delivery.participant
    if session is None or person is None:
        return
    seat = delivery.registration
    if seat is None:
        seat = Registration.objects.filter(session=session, participant=person).first()
    if seat is not None and seat.state in (State.WAITLISTED, State.OFFERED):
        # An entry in a calendar would say that there is a place.
        return
    url = personal_links.join(seat, language=delivery.language, person=person) if seat else ""
    _attach(mail, delivery, kind, session, url=url, name=str(person))


def _attach_ended(mail: EmailMultiAlternatives, delivery: Delivery, kind: Kind) -> None:
    """Attach what takes each date that was given up off a calendar: a file each, as RFC 5546 wants it."""
    rows = _given_up(delivery)
    if delivery.registration is not None:
        rows = [delivery.registration] if delivery.registration.confirmed_at else []
    for row in rows:
        _attach(
            mail,
            delivery,
            kind,
            row.session,
            url="",
            name=str(delivery.participant or ""),
            file="invite.ics" if len(rows) == 1 else f"{row.session.slug}.ics",
            is_inline=len(rows) == 1,
        )


def _attach_added(mail: EmailMultiAlternatives, delivery: Delivery, kind: Kind, *, at: dt.datetime) -> None:
    """Attach the dates that were added and are the reader's: a file each, as RFC 5546 allows one event a message."""
    person = delivery.participant
    seats = list(queues.added_seats(delivery, at=at)[:MOST_ENTRIES])
    for seat in seats:
        is_only = len(seats) == 1
        _attach(
            mail,
            delivery,
            kind,
            seat.session,
            url=personal_links.join(seat, language=delivery.language, person=person),
            name=str(person),
            file="invite.ics" if is_only else f"{seat.session.slug}.ics",
            is_inline=is_only,
        )


def _attach_part(
    mail: EmailMultiAlternatives, delivery: Delivery, part: digests.Part, *, is_only: bool
) -> None:
    """Attach the entry of one of several dates: RFC 5546 allows one event a message, so each is a file of its own."""
    person = delivery.participant
    if person is None or part.seat.state != State.CONFIRMED:
        return
    url = personal_links.join(part.seat, language=delivery.language, person=person)
    file = "invite.ics" if is_only else f"{part.notice.session.slug}.ics"
    _attach(
        mail,
        delivery,
        KINDS[part.kind],
        part.notice.session,
        url=url,
        name=str(person),
        file=file,
        is_inline=is_only,
    )


def _attach(
    mail: EmailMultiAlternatives,
    delivery: Delivery,
    kind: Kind,
    session: Session,
    *,
    url: str,
    name: str,
    file: str = "invite.ics",
    is_inline: bool = True,
) -> None:
    """Attach the entry of a session; `url` is the reader's own way in, which a cancelled one does not need."""
    if kind.calendar is None or entries.span(session) is None:
        return
    speaks = _voice(delivery, KINDS[delivery.kind])
    content = ical.invitation(
        entries.entry(
            session,
            language=delivery.language,
            with_cycle=True,
            join_url=url if kind.calendar == "REQUEST" else "",
            stamped_at=delivery.created_at,
        ),
        method=kind.calendar,
        organizer=ical.Address(email=speaks.contact, name=speaks.name),
        attendee=ical.Address(email=delivery.to_address, name=name),
        language=delivery.language,
    )
    if is_inline:
        # Last of the alternatives and without a disposition, or Gmail shows no buttons; then a copy as a file.
        mail.attach_alternative(content.decode(), f"text/calendar; method={kind.calendar}")
    mail.attach(file, content, "application/ics")
