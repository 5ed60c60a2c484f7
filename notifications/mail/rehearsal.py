"""A mail as it would be, for an invented person and a real session: for previews, and for tests to oneself.

What a mail needs is written, the mail is composed, and everything is undone: so the preview is made by the very
code that sends. The invented rows have negative numbers, which no link of a real person can ever carry.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import journal
from accounts.dry_run import dry_run
from cycles.models import News, NewsLink, Organisation, Segment, SessionChange, SpeakerSlot
from notifications.kinds import DIGEST, KINDS, NOTICES, TO_GROUPS, TO_SPEAKERS
from notifications.models import Announcement, Delivery, GroupMessage, Occurrence
from notifications.notices import recaps
from notifications.plan import planner
from notifications.transport import transports
from registrations.models import CycleRegistration, Participant, Registration, State

from . import compose
from .texts import Texts

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from accounts.models import User
    from cycles.models import Cycle, Session
    from notifications.models import ReminderStep

INVENTED = -1
# After every part of a real agenda.
LAST = 30_000
NOTICE_OF = {to_speaker: notice for notice, to_speaker in TO_SPEAKERS.items()}
WEEK = dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)
# Of no schedule: beside whatever mailings the session really has.
NO_REVISION = 1_000_000
# Kinds that are about a registration as a whole, not about one session.
OF_CYCLE = frozenset(
    {
        "already_registered",
        "confirm_address",
        "registration_confirmed",
        "registration_cancelled",
        "request_received",
        "request_refused",
        "waiting_list",
        "place_offered",
        "offer_ended",
        "sessions_added",
        DIGEST,
        *TO_GROUPS,
    }
)


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
    if scene.kind in ("follow_up", "thanks", "missed", "recap"):
        return session.ends_at + 2 * HOUR
    return min(at, session.starts_at - WEEK)


def rehearse(scene: Scene, *, at: dt.datetime) -> EmailMultiAlternatives:
    """Return the mail of a scene with the texts as they are kept now. Nothing remains in the database."""
    leaves_at = moment(scene, at=at)
    return dry_run(
        lambda: compose.message(_invented(scene, at=leaves_at), at=leaves_at, texts=Texts())
    ).result


def _invented(scene: Scene, *, at: dt.datetime) -> Delivery:
    if KINDS[scene.kind].is_to_speaker:
        return _to_speaker(scene, at=at)
    cycle, session, kind = scene.cycle, scene.session, scene.kind
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
        cycle=cycle,
        state=State.CONFIRMED,
        requested_at=long_ago,
        confirmed_at=long_ago,
    )
    seats = _seats(scene, person, row, at=at)
    mailing = _mailing(scene, at=at)
    words = scene.group_message
    if kind in TO_GROUPS and words is None:
        words = GroupMessage(
            cycle=cycle, subjects={scene.language: "—"}, bodies={scene.language: "{given_name}"}
        )
    is_of_cycle = kind in OF_CYCLE or KINDS[kind].stops_with_news
    seat = seats.get(session.pk)
    return Delivery(
        pk=INVENTED,
        key=f"rehearsal:{kind}",
        kind=kind,
        occurrence=mailing,
        session=None if kind in OF_CYCLE else mailing.session,
        revision=mailing.revision,
        registration=None if is_of_cycle else seat,
        cycle_registration=row,
        group_message=words,
        participant=person,
        to_address=person.email,
        domain="example.org",
        language=scene.language,
        created_at=at,
        next_at=at,
    )


def _to_speaker(scene: Scene, *, at: dt.datetime) -> Delivery:
    """Let the invented person speak at the session."""
    email = "camille.exemple@example.invalid"
    part = Segment(pk=INVENTED, session=scene.session, order=LAST, title=_("What you will speak about"))
    Segment.objects.bulk_create([part])
    slot = SpeakerSlot(segment=part, order=1, contact_name="Camille Exemple", contact_email=email)
    slot.contact_language = scene.language
    slot.organisation = Organisation(pk=INVENTED, slug="rehearsal", name="Exemple")
    Organisation.objects.bulk_create([slot.organisation])
    SpeakerSlot.objects.bulk_create([slot])
    mailing = _mailing(scene, at=at)
    return Delivery(
        pk=INVENTED,
        key=f"rehearsal:{scene.kind}",
        kind=scene.kind,
        occurrence=mailing,
        session=mailing.session,
        revision=mailing.revision,
        to_address=email,
        domain="example.org",
        language=scene.language,
        created_at=at,
        next_at=at,
    )


def _seats(
    scene: Scene, person: Participant, row: CycleRegistration, *, at: dt.datetime
) -> dict[int, Registration]:
    """Give the invented person a place, or an offer, at the session and at those after it."""
    offered: dict[str, Any] = {"state": State.CONFIRMED, "confirmed_at": at - 4 * WEEK}
    if scene.kind == "place_offered":
        offered = {"state": State.OFFERED, "offer_ends_at": at + 48 * HOUR}
    ahead = scene.cycle.sessions.upcoming(at=at)
    found = {}
    for number, session in enumerate({scene.session.pk: scene.session} | {s.pk: s for s in ahead}, start=1):
        found[session] = Registration.objects.create(
            pk=-number,
            participant=person,
            session_id=session,
            cycle_registration=row,
            queued_at=at,
            **offered,
        )
    if scene.session.pk in found:
        found[scene.session.pk].session = scene.session
    return found


def _mailing(scene: Scene, *, at: dt.datetime) -> Occurrence:
    """Return what the mail is part of, with what it tells: a change of date, a recap, a theme."""
    session, kind = copy.copy(scene.session), NOTICE_OF.get(scene.kind, scene.kind)
    is_notice = kind in NOTICES
    if is_notice:
        _change(session, kind, at=at)
    if kind == "recap" and recaps.recap_of(session) is None:
        news = News.objects.create(
            slug="rehearsal", kind=News.Kind.RECAP, body=_("What was said, in a few sentences.")
        )
        NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=session)
    mailing = Occurrence(
        pk=INVENTED,
        kind=kind,
        step=scene.step,
        session=session,
        revision=session.revision + 1 if is_notice else NO_REVISION,
        since_revision=session.revision if is_notice else None,
        due_at=at,
        not_after=at + WEEK,
    )
    if kind == DIGEST:
        _several(session, mailing, at=at)
    if kind == "themes_announced":
        mailing.save(force_insert=True)
        Announcement.objects.filter(session=session).delete()
        Announcement.objects.create(session=session, mailing=mailing, at=at)
        session.has_theme = True
        session.save(update_fields=["has_theme"])
    return mailing


def _several(session: Session, digest: Occurrence, *, at: dt.datetime) -> None:
    """Let a digest tell of a move of the session."""
    _change(session, "session_moved", at=at)
    session.revision += 1
    session.save(update_fields=["revision"])
    digest.save(force_insert=True)
    Occurrence.objects.create(
        kind="session_moved",
        session=session,
        revision=session.revision,
        since_revision=session.revision - 1,
        due_at=at,
        not_after=at + WEEK,
        state=Occurrence.State.CLOSED,
        told_by=digest,
    )


def _change(session: Session, kind: str, *, at: dt.datetime) -> None:
    """Write the change that a notice tells; the session is shown as it would be after it."""
    if session.starts_at is None or session.ends_at is None:
        raise NothingToShow
    SessionChange.objects.create(
        session=session,
        revision=session.revision + 1,
        kind=kind.removeprefix("session_"),
        from_starts_at=session.starts_at - WEEK if kind == "session_moved" else session.starts_at,
        from_ends_at=session.ends_at - WEEK if kind == "session_moved" else session.ends_at,
        reason=_("The reason that you will give."),
        at=at,
    )
    if kind == "session_cancelled":
        session.status = session.Status.CANCELLED
    if kind == "session_postponed":
        session.status, session.starts_at, session.ends_at = session.Status.POSTPONED, None, None


@journal.verb("message.test", gettext_lazy("sent a test of a message to themselves"))
def send_test(cycle: Cycle, *, scene: Scene, by: User, at: dt.datetime) -> None:  # noqa: ARG001 - for the journal
    """Send the mail of a scene to the organiser, marked [TEST]. Raises TestFailed with the server's answer."""
    mail = rehearse(scene, at=at)
    mail.subject = f"[TEST] {mail.subject}"
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
