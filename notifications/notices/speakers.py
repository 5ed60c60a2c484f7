"""What is owed to those who speak: the lines of the plan made for them, and the notices of a change of date.

They are few and have no registration, so their mails are owed one by one. The key names the address, not the row
of the agenda: whoever takes two parts gets one mail, and an agenda that is written anew owes none again. Whoever
trains at a run is reminded of a day (training/training_days), not of each half-day.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from accounts import addresses
from cycles.models import SpeakerSlot
from notifications.delivery import ledger
from notifications.mail.kinds import TO_SPEAKERS
from notifications.models import Delivery, OnUncertain, ReminderStep
from registrations.attendance.models import Attendance
from registrations.booking import address_key
from registrations.models import CycleRegistration, Registration
from speakers.people import asked, contacts, links, speaking

from .training import training_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from cycles.models import Session
    from notifications.models import Occurrence
    from speakers.people.speaking import Speaker

# A new date is a question to those who speak, beside the news that it is to everybody registered (R8: one mail for
# each purpose). That a session is off asks nothing: one mail is enough.
ASKS = ("speaker_moved", "speaker_restored")


def kind_of(occurrence: Occurrence) -> str | None:
    """Return which mail a mailing sends to those who speak; None for one that is not for them."""
    if occurrence.step is None:
        return TO_SPEAKERS.get(occurrence.kind)
    return occurrence.kind if occurrence.step.audience == ReminderStep.Audience.SPEAKERS else None


def reached(kind: str, session: Session, *, due_at: dt.datetime) -> list[Speaker]:
    """Return whom a line of the plan is for: who has not answered in time, or who said yes."""
    if kind == "speaker_chased":
        silent = asked.waiting(session, due_at=due_at)
        return [one for one in speaking.of(session) if one.email in silent]
    return speaking.of(session, states=speaking.states_for(needs_yes=True))


def counts(kind: str, session_ids: Collection[int], *, at: dt.datetime) -> dict[int, int]:
    """Count whom a line of the plan is for at each of several sessions, as things stand."""
    is_chase = kind == "speaker_chased"
    slots = SpeakerSlot.objects.reachable() if is_chase else SpeakerSlot.objects.confirmed()
    rows = set(
        slots.exclude(contact_email="")
        .filter(segment__session__in=session_ids)
        .values_list("segment__session", "contact_email")
    )
    if is_chase:
        rows &= asked.waiting_at(session_ids, due_at=at)
    number = Counter(session for session, _email in rows)
    return {pk: number[pk] for pk in session_ids}


def spoken_at(session_ids: Collection[int]) -> set[int]:
    """Return at which of these sessions somebody speaks who can be written to; no query for none of them."""
    if not session_ids:
        return set()
    slots = SpeakerSlot.objects.reachable().filter(segment__session__in=session_ids)
    return set(slots.values_list("segment__session", flat=True))


def told(session: Session, *, kind: str = "") -> list[Speaker]:
    """Return who is told of a change as a speaker: who is asked something, or is not told as a participant (R8)."""
    speakers = speaking.of(session)
    if not speakers or kind in ASKS:
        return speakers
    keys = [address_key(speaker.email) for speaker in speakers]
    registered = {key for _session, key in registered_at([session.pk], keys=keys)}
    return [speaker for speaker, key in zip(speakers, keys, strict=True) if key not in registered]


def registered_at(session_ids: Collection[int], *, keys: Collection[str]) -> set[tuple[int, str]]:
    """Return at which of these sessions which of these addresses are told as participants; one query.

    They have or wait for a place there, or wait for the whole cycle.
    """
    live = Registration.objects.live().filter(session__in=session_ids, participant__email_key__in=keys)
    waiting = CycleRegistration.objects.waiting_by_date().filter(
        date__in=session_ids, participant__email_key__in=keys
    )
    rows = live.order_by().values_list("session", "participant__email_key")
    return set(rows.union(waiting.order_by().values_list("date", "participant__email_key")))


def count_told(sessions: Sequence[Session]) -> int:
    """Count who is told of changes of these sessions as a speaker only: whoever is registered is told anyway."""
    slots = SpeakerSlot.objects.reachable().filter(segment__session__in=sessions)
    keys = {address_key(email) for email in slots.values_list("contact_email", flat=True)}
    if not keys:
        return 0
    registered = registered_at([session.pk for session in sessions], keys=keys)
    return len(keys - {key for _session, key in registered})


def owe(
    occurrence: Occurrence, *, prefix: str, leaves_at: dt.datetime, at: dt.datetime, is_late: bool
) -> int:
    """Owe a mailing's mails to those who speak; return how many were new. `is_late`: only written down."""
    kind = kind_of(occurrence)
    if kind is None:
        return 0
    step, session = occurrence.step, occurrence.session
    people = reached(kind, session, due_at=occurrence.due_at) if step else told(session, kind=kind)
    contacts.ensure([one.email for one in people], at=at)
    about = {
        one.email: (f"{prefix}s{ledger.address_hash(one.email)[:32]}", session, occurrence.revision)
        for one in people
    }
    if training_days.concerns(kind, session.cycle):
        about = training_days.owed(occurrence, about, prefix=prefix, at=at)
    by_email = {one.email: one for one in people}
    mails = [
        Delivery(
            key=key,
            kind=kind,
            occurrence=occurrence,
            session=half_day,
            revision=revision,
            to_address=email,
            domain=addresses.domain(email),
            language=by_email[email].language,
            on_uncertain=step.on_uncertain if step else OnUncertain.RETRY,
            state=Delivery.State.SKIPPED if is_late else Delivery.State.PENDING,
            reason=Delivery.Reason.TOO_LATE if is_late else "",
            created_at=at,
            next_at=leaves_at,
            not_after=occurrence.not_after,
        )
        for email, (key, half_day, revision) in about.items()
    ]
    known = set(Delivery.objects.filter(key__in=[m.key for m in mails]).values_list("key", flat=True))
    ledger.owe(mails)
    return len({mail.key for mail in mails} - known)


def context(speaker: Speaker, session: Session, *, language: str) -> dict[str, Any]:
    """Return what a mail to someone who speaks says beside what it says of the session."""
    contact = contacts.find(speaker.email)
    if contact is None:
        msg = f"nobody is known under the address of a speaker of session {session.pk}"
        raise ValueError(msg)
    titles = [str(slot.segment.title or slot.segment.topic or "") for slot in speaker.slots]
    themes = [str(slot.illustrates.name) for slot in speaker.slots if slot.illustrates]
    briefing = getattr(session, "briefing", None)
    return {
        "speaker_url": links.page(contact, language=language, session_id=session.pk),
        "own_parts": list(dict.fromkeys(title for title in titles if title)),
        "own_themes": list(dict.fromkeys(themes)),
        "notes": str(briefing.notes) if briefing else "",
    }


def figures(session: Session) -> dict[str, int]:
    """Return how many were registered and how many came, as far as it is known: counts, and nobody's name."""
    seats = Registration.objects.filter(session=session).confirmed()
    came = Attendance.objects.filter(registration__session=session).came().values("registration").distinct()
    return {"registered": seats.count(), "came": came.count()}


def figures_in_words(session: Session) -> str:
    """Say the figures of a session; empty while nobody was registered."""
    result = figures(session)
    if not result["registered"]:
        return ""
    outcome = ngettext(
        "%(count)d person was registered.", "%(count)d people were registered.", result["registered"]
    )
    text = outcome % {"count": result["registered"]}
    if result["came"]:
        came = ngettext("%(count)d came.", "%(count)d came.", result["came"]) % {"count": result["came"]}
        text = f"{text} {came}"
    return text
