"""A mail as it would be, for an invented person and a real session: for previews, and for tests to oneself.

What a mail needs is written, the mail is composed, and everything is undone: so the preview is made by the very
code that sends. The invented rows have negative numbers, which no link of a real person can ever carry.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from accounts import journal
from accounts.dry_run import dry_run
from cycles.models import Organisation, Segment, SpeakerSlot
from notifications.mail import compose
from notifications.mail.kinds import KINDS
from notifications.mail.own_texts.texts import Texts
from notifications.models import Delivery, GroupMessage, Occurrence
from notifications.plan import planner
from notifications.transport import transports
from registrations.models import CycleRegistration, Participant, Registration, State
from speakers.models import Contact, SpeakerConsent
from surveys.models import Guest, Survey

from .samples import INVENTED, Sample

if TYPE_CHECKING:
    from accounts.models import User
    from cycles.models import Cycle, Session
    from notifications.mail.kinds import Kind
    from notifications.mail.parts.envelope import Mail
    from notifications.models import ReminderStep

# After every part of a real agenda.
LAST = 30_000
WEEK = dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)
# Of no schedule: beside whatever mailings the session really has.
NO_REVISION = 1_000_000


class TestFailed(Exception):  # noqa: N818 - reads as rehearsal.TestFailed
    """The mail server did not take the test; the message is its answer."""


class NothingToShow(Exception):  # noqa: N818 - reads as rehearsal.NothingToShow
    """The cycle has no session with a date: no mail can be shown of it yet."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a preview is about: one kind of mail, one session, perhaps one line of the reminder plan."""

    cycle: Cycle
    kind: str
    session: Session
    language: str
    step: ReminderStep | None = None
    group_message: GroupMessage | None = None


def sessions(cycle: Cycle, *, at: dt.datetime) -> list[Session]:
    """Return the sessions with which a mail of the cycle can be shown, the next one first."""
    dated = list(cycle.sessions.held().order_by("starts_at", "pk"))
    for session in dated:
        session.cycle = cycle
    return sorted(dated, key=lambda session: session.ends_at is not None and session.ends_at <= at)


def moment(scene: Scene, *, at: dt.datetime) -> dt.datetime:
    """Return when the mail of a scene would leave: so that "tomorrow" is said where it will be."""
    session = scene.session
    if session.starts_at is None or session.ends_at is None:
        raise NothingToShow
    if scene.step is not None:
        return planner.window(scene.step, session).due_at
    if KINDS[scene.kind].comes_after:
        return session.ends_at + 2 * HOUR
    return min(at, session.starts_at - WEEK)


def rehearse(scene: Scene, *, at: dt.datetime) -> Mail:
    """Return the mail of a scene with the texts as they are kept now. Nothing remains in the database."""
    leaves_at = moment(scene, at=at)
    return dry_run(
        lambda: compose.message(_invented(scene, at=leaves_at), at=leaves_at, texts=Texts())
    ).result


def rehearse_words(scene: Scene, body: str, *, at: dt.datetime) -> str:
    """Return the HTML that a text becomes in the mail of a scene, without the frame. Nothing remains."""
    leaves_at = moment(scene, at=at)
    return dry_run(lambda: compose.own_part(_invented(scene, at=leaves_at), at=leaves_at, body=body)).result


def values(scene: Scene, *, at: dt.datetime) -> dict[str, str]:
    """Return what each variable is filled with in the mail of a scene. Nothing remains."""
    leaves_at = moment(scene, at=at)
    return dry_run(lambda: compose.values(_invented(scene, at=leaves_at), at=leaves_at)).result


def _invented(scene: Scene, *, at: dt.datetime) -> Delivery:
    """Write what a mail of the scene needs, and return it, unsaved."""
    kind = KINDS[scene.kind]
    sample = _sample(scene, kind, at=at)
    delivery = Delivery(
        pk=INVENTED,
        key=f"rehearsal:{scene.kind}",
        kind=scene.kind,
        occurrence=sample.mailing,
        session=None if kind.is_whole else sample.session,
        revision=sample.mailing.revision,
        domain="example.org",
        language=scene.language,
        created_at=at,
        next_at=at,
    )
    if kind.is_to_speaker:
        delivery.to_address = _speaker(scene, kind, at=at)
        return delivery
    if kind.is_to_guest:
        delivery.to_address = _guest(scene)
        return delivery
    if kind.is_to_organiser:
        delivery.to_address = "camille.exemple@example.invalid"
        who = "Camille Exemple"
        delivery.note = (
            _("%(who)s does not agree to this: %(what)s.")
            % {"who": who, "what": SpeakerConsent.Purpose.PUBLICATION.label}
            if scene.kind == "speaker_objects"
            else _("%(who)s cannot speak.") % {"who": who}
        )
        return delivery
    person, row = _person(scene, at=at)
    seats = _seats(scene, person, row, sample, at=at)
    delivery.to_address, delivery.participant, delivery.cycle_registration = person.email, person, row
    if not (kind.is_whole or kind.stops_with_news):
        delivery.registration = seats.get(scene.session.pk)
    if kind.is_to_group:
        delivery.group_message = scene.group_message or GroupMessage(
            cycle=scene.cycle, subjects={scene.language: "—"}, bodies={scene.language: "{given_name}"}
        )
    return delivery


def _sample(scene: Scene, kind: Kind, *, at: dt.datetime) -> Sample:
    """Return what the mail is part of, with what it tells: a change of date, a recap, a theme."""
    session = copy.copy(scene.session)
    mailing = Occurrence(
        pk=INVENTED,
        kind=scene.kind,
        step=scene.step,
        session=session,
        revision=NO_REVISION,
        due_at=at,
        not_after=at + WEEK,
    )
    seat = {"state": State.CONFIRMED, "confirmed_at": at - 4 * WEEK}
    sample = Sample(session=session, mailing=mailing, at=at, seat=seat)
    kind.sample(sample)
    return sample


def _person(scene: Scene, *, at: dt.datetime) -> tuple[Participant, CycleRegistration]:
    long_ago = at - 4 * WEEK
    person = Participant.objects.create(
        pk=INVENTED,
        email="camille.exemple@example.org",
        email_key="camille.exemple@example.invalid",
        given_name="Camille",
        family_name="Exemple",
        language=scene.language,
        created_at=long_ago,
        confirmed_at=long_ago,
    )
    row = CycleRegistration.objects.create(
        pk=INVENTED,
        participant=person,
        cycle=scene.cycle,
        state=State.CONFIRMED,
        requested_at=long_ago,
        confirmed_at=long_ago,
    )
    return person, row


def _speaker(scene: Scene, kind: Kind, *, at: dt.datetime) -> str:
    """Let the invented person speak at the session; return their address."""
    email = "camille.exemple@example.invalid"
    part = Segment(pk=INVENTED, session=scene.session, order=LAST, title=_("What you will speak about"))
    Segment.objects.bulk_create([part])
    slot = SpeakerSlot(segment=part, order=1, contact_name="Camille Exemple", contact_email=email)
    slot.contact_language = scene.language
    slot.organisation = Organisation(pk=INVENTED, slug="rehearsal", name="Exemple")
    Organisation.objects.bulk_create([slot.organisation])
    if kind.asks_speaker:
        slot.state = SpeakerSlot.State.INVITED
    SpeakerSlot.objects.bulk_create([slot])
    Contact.objects.bulk_create([Contact(pk=INVENTED, email=email, created_at=at)])
    return email


def _guest(scene: Scene) -> str:
    """Let the invented person be asked by the survey that the mail is about; return their address."""
    email = "camille.exemple@example.invalid"
    survey = Survey.objects.get(cycle=scene.cycle, moment=KINDS[scene.kind].survey)
    guest = Guest(pk=INVENTED, survey=survey, email=email, name="Camille Exemple", language=scene.language)
    Guest.objects.bulk_create([guest])
    return email


def _seats(
    scene: Scene, person: Participant, row: CycleRegistration, sample: Sample, *, at: dt.datetime
) -> dict[int, Registration]:
    """Give the invented person a place, or an offer, at the session and at those after it."""
    ahead = scene.cycle.sessions.upcoming(at=at).values_list("pk", flat=True)
    seats = [
        Registration(
            pk=-number,
            participant=person,
            session_id=session,
            cycle_registration=row,
            queued_at=at,
            **sample.seat,
        )
        for number, session in enumerate(dict.fromkeys([scene.session.pk, *ahead]), start=1)
    ]
    Registration.objects.bulk_create(seats)
    seats[0].session = scene.session
    return {seat.session_id: seat for seat in seats}


def send_test(cycle: Cycle, *, scene: Scene, by: User, at: dt.datetime) -> None:
    """Send the mail of a scene to the organiser, marked as a test. Raises TestFailed with the server's answer."""
    mail = rehearse(scene, at=at)
    with translation.override(scene.language):
        mail.subject = _("[TEST] %(subject)s") % {"subject": mail.subject}
    mail.to = [by.email]
    # A test stops nothing and belongs to no delivery.
    for header in ("List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID"):
        mail.extra_headers.pop(header, None)
    transport = transports.chosen()
    try:
        transport.open()
        outcome = transport.send(transport.prepare(mail), attempt=1)
    except (transports.TransportDown, transports.Closed) as error:
        raise TestFailed(str(error)) from error
    finally:
        transport.close()
    if outcome.state != Delivery.State.SENT:
        raise TestFailed(outcome.error)
    journal.record("message.test", by=by, at=at, target=cycle)
