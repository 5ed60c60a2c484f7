"""What other apps' changes owe: rows, written in the same transaction, or a refusal, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext

from accounts import addresses, periods
from accounts.events import receives
from cycles.content import content_version
from cycles.events import (
    NewsPublished,
    ScheduleChanged,
    SessionAnnounced,
    SessionLeaving,
    SessionsAdded,
    SpeakersChanged,
)
from cycles.models import Session
from cycles.questions import against_deleting, against_deleting_cycle
from cycles.schedule import planning
from notifications.mail.kinds import KINDS
from registrations.events import (
    AddressAsked,
    AddressChanged,
    AddressForgotten,
    AttendanceChanged,
    LinkAsked,
    LinksSought,
    QueueMoved,
    RegistrationChanged,
    RegistrationsForgotten,
    SessionsJoined,
)
from registrations.models import CycleRegistration, Participant, Registration
from registrations.models import State as Seat
from registrations.people.coded import Coded
from registrations.people.data.rights import further_parts
from training.events import PaperIssued, PaperWithdrawn

from .delivery import ledger
from .delivery.run import sending
from .models import Announcement, Delivery, NewsStop, ReminderStep, Suppression
from .notices import additions, recaps, schedule_changes, speaker_links
from .notices.training import papers
from .plan import planner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from cycles.models import Cycle

Audience = ReminderStep.Audience
SOON = dt.timedelta(hours=2)


@receives(RegistrationChanged)
def owe_registration_mail(event: RegistrationChanged) -> None:
    """Owe the one mail that a change of registration deserves."""
    kind, row, registration_ids, at = event.kind, event.registration, event.registration_ids, event.at
    if kind == "requested":
        key = f"confirm:{row.pk}:{row.request_number}"
        owe(row, kind="confirm_address", key=key, at=at, not_after=at + periods.length("confirm"))
    elif kind == "repeated":
        # At most one a day: the form must not become a way to fill someone's mailbox.
        owe(row, kind="already_registered", key=f"again:{row.pk}:{at.date()}", at=at)
    elif kind == "confirmed":
        owe(row, kind="registration_confirmed", key=f"confirmed:{row.pk}:{_stamp(at)}", at=at)
    elif kind == "taken":
        _owe_taken(row, registration_ids, at=at)
    elif kind in ("in_review", "refused", "waitlisted"):
        name = {"in_review": "request_received", "refused": "request_refused", "waitlisted": "waiting_list"}[
            kind
        ]
        owe(row, kind=name, key=f"{kind}:{row.pk}:{_stamp(at)}", at=at)
    elif kind in ("cancelled", "removed"):
        only = registration_ids[0] if len(registration_ids) == 1 else None
        owe(
            row,
            kind=f"registration_{kind}",
            key=f"{kind}:{row.pk}:{only or 'all'}:{_stamp(at)}",
            at=at,
            registration_id=only,
            note=event.reason,
        )
    elif kind == "withdrawn":
        ledger.skip(Delivery.objects.filter(cycle_registration=row), reason=Delivery.Reason.REGISTRATION_GONE)
    elif kind == "restored":
        ended = ("registration_cancelled", "registration_removed")
        unsent = Delivery.objects.filter(kind__in=ended, cycle_registration=row)
        if not ledger.skip(unsent, reason=Delivery.Reason.SUPERSEDED):
            _owe_taken(row, registration_ids, at=at)


def _owe_taken(row: CycleRegistration, registration_ids: Sequence[int], *, at: dt.datetime) -> None:
    """Owe one mail for the dates that somebody takes one after the other on their page.

    It lists their dates as they are when it leaves, so while one waits no second is owed. A date that begins
    soon is confirmed at once.
    """
    waits = Delivery.objects.filter(
        kind="registration_confirmed", cycle_registration=row, state=Delivery.State.PENDING
    )
    soon = Session.objects.filter(registrations__in=registration_ids, starts_at__lt=at + SOON).exists()
    if soon:
        waits.update(next_at=at)
    if not waits.exists():
        leaves_at = at if soon else at + planning.grace()
        owe(
            row, kind="registration_confirmed", key=f"taken:{row.pk}:{_stamp(at)}", at=at, leaves_at=leaves_at
        )


@receives(QueueMoved)
def owe_queue_mails(event: QueueMoved) -> None:
    """Owe each person one mail when places went on, however many dates it is about."""
    kind, people, at = event.kind, event.people, event.at
    name = {"promoted": "place_given", "offered": "place_offered", "offer_ended": "offer_ended"}[kind]
    rows = CycleRegistration.objects.filter(pk__in=people).select_related("participant")
    if kind != "offered":
        # The mail that offers what has been taken, or is gone, must not leave any more.
        offers = Delivery.objects.filter(kind="place_offered", cycle_registration__in=people)
        open_offers = Registration.objects.filter(
            cycle_registration=OuterRef("cycle_registration"), state=Seat.OFFERED
        )
        ledger.skip(offers.exclude(Exists(open_offers)), reason=Delivery.Reason.SUPERSEDED)
    mails = []
    ends = dict(
        Registration.objects.filter(cycle_registration__in=people, state=Seat.OFFERED)
        .values_list("cycle_registration")
        .annotate(Max("offer_ends_at"))
    )
    for row in rows:
        ids = people[row.pk]
        key = f"{kind}:{row.pk}:{ids[0] if ids else 'cycle'}:{_stamp(at)}"
        only = ids[0] if len(ids) == 1 else None
        # An offer that has ended must not be made: the mail may have waited for a server that was down.
        not_after = (row.offer_ends_at or ends.get(row.pk)) if kind == "offered" else None
        mails.append(delivery(row, kind=name, key=key, at=at, not_after=not_after, registration_id=only))
    ledger.owe(mails)
    sending.wake()


@receives(SessionsJoined)
def owe_added_mails(event: SessionsJoined) -> None:
    """Owe everybody concerned one mail about the sessions that were added, however many were."""
    additions.owe_added(event.cycle_id, session_ids=event.session_ids, at=event.at)


def _stamp(at: dt.datetime) -> int:
    return int(at.timestamp())


def delivery(
    row: CycleRegistration,
    *,
    kind: str,
    key: str,
    at: dt.datetime,
    leaves_at: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    registration_id: int | None = None,
    note: str = "",
) -> Delivery:
    """Return an unsaved mail to the person of a registration."""
    person = row.participant
    return Delivery(
        key=key,
        kind=kind,
        cycle_registration=row,
        registration_id=registration_id,
        participant=person,
        to_address=person.email,
        domain=addresses.domain(person.email),
        language=person.language,
        created_at=at,
        next_at=leaves_at or at,
        not_after=not_after,
        note=note,
    )


def owe(row: CycleRegistration, *, kind: str, key: str, at: dt.datetime, **more: Any) -> None:
    ledger.owe([delivery(row, kind=kind, key=key, at=at, **more)])
    sending.wake()


@receives(ScheduleChanged)
def follow_session(event: ScheduleChanged) -> None:
    planner.replan(event.change.session)
    schedule_changes.notify(event.change, at=event.at)


@receives(SessionLeaving)
def withdraw_mails(event: SessionLeaving) -> None:
    """Let no mail leave that waits to tell of a session which is deleted."""
    ledger.skip(Delivery.objects.filter(session=event.session), reason=Delivery.Reason.SESSION_GONE)


@against_deleting.answer
def mails_have_left(session: Session) -> str:
    """What a mail was about is not deleted."""
    if _may_have_left(Delivery.objects.filter(session=session)):
        return gettext("Emails about this session have left: cancel it instead.")
    # The themes of a day are one mailing, which hangs on the first of them.
    if Announcement.objects.filter(mailing__session=session).exclude(session=session).exists():
        return gettext("An email about it names another session, too: stop it first, or cancel this one.")
    return ""


@against_deleting_cycle.answer
def mails_of_the_cycle_have_left(cycle: Cycle) -> str:
    """What a mail was about is not deleted; nor is what one that waits is about."""
    if _may_have_left(Delivery.objects.filter(Q(cycle=cycle) | Q(session__cycle=cycle))):
        return gettext("Emails about it have left, or wait to leave.")
    return ""


def _may_have_left(mails: QuerySet[Delivery]) -> bool:
    unsent = (Delivery.State.SKIPPED, Delivery.State.FAILED, Delivery.State.SUPPRESSED)
    return mails.exclude(state__in=unsent).exists()


@receives(SessionsAdded)
def plan_added_sessions(event: SessionsAdded) -> None:
    additions.plan_added(event.session_ids)


@receives(AttendanceChanged)
def follow_attendance(event: AttendanceChanged) -> None:
    planner.look_again(event.session_id, audiences=(Audience.ATTENDED, Audience.MISSED), at=event.at)


@receives(SpeakersChanged)
def follow_speakers(event: SpeakersChanged) -> None:
    planner.look_again(event.session_id, audiences=(Audience.SPEAKERS,), at=event.at)


@receives(NewsPublished)
def tell_recap(event: NewsPublished) -> None:
    recaps.tell_recap(event.news, at=event.at)


@receives(PaperIssued)
def tell_paper(event: PaperIssued) -> None:
    papers.tell_issued(event.document, at=event.at)


@receives(PaperWithdrawn)
def tell_paper_withdrawn(event: PaperWithdrawn) -> None:
    papers.tell_withdrawn(event.document, at=event.at)


@receives(SessionAnnounced)
def tell_theme(event: SessionAnnounced) -> None:
    recaps.announce(event.session, at=event.at)


@receiver(post_save, sender=ReminderStep, dispatch_uid="notifications.step_saved")
def follow_step(*, instance: ReminderStep, raw: bool = False, **_: Any) -> None:
    """Replan the sessions that a line of a plan is for when it changes."""
    if not raw:
        planner.follow(instance)
        # The page of a session says which reminders come.
        content_version.touch()


@receiver(pre_delete, sender=Participant, dispatch_uid="notifications.participant_erased")
def forget_person(*, instance: Participant, **_: Any) -> None:
    """Let no address outlive the person: an erasure, or a request that nobody confirmed."""
    ledger.forget(instance.pk)


@receives(AddressAsked)
def owe_proof(event: AddressAsked) -> None:
    """Owe the mail that proves a new address; or, to somebody who has it already, one that says so."""
    if event.holder:
        _owe_personal(event.holder, kind="address_in_use", email=event.holder.email, at=event.at)
    else:
        _owe_personal(event.participant, kind="address_to_prove", email=event.email, at=event.at)


@receives(AddressChanged)
def follow_address(event: AddressChanged) -> None:
    """Tell the old address, and let what is still owed follow to the new one.

    The first address of somebody who had none gets what they would have got when they were registered. One that an
    organiser corrected is told at both ends, as far as anybody ever read mail there: whoever proved nothing yet gets
    the mail that asks for it, and nothing goes to an address that is stopped.
    """
    participant, corrected, at = event.participant, event.corrected, event.at
    ledger.readdress(participant.pk, email=participant.email)
    if corrected is not None and participant.confirmed_at is None:
        return
    if not event.before:
        _owe_standing(participant, at=at)
        return
    scope = Suppression.SITE
    if corrected is not None:
        row = CycleRegistration.objects.select_related("participant", "cycle").get(pk=corrected.pk)
        scope = Suppression.scope_for(row.cycle.programme_id)
        owe(row, kind="address_corrected", key=f"address_corrected:{row.pk}:{_stamp(at)}", at=at)
    else:
        # The links of before have ended: the new mailbox would hold none until the next mail.
        _owe_personal(participant, kind="own_link", email=participant.email, at=at)
    if corrected is None or not ledger.is_suppressed(event.before, scope=scope):
        _owe_personal(participant, kind="address_changed", email=event.before, at=at)


def _owe_standing(participant: Participant, *, at: dt.datetime) -> None:
    """Owe somebody whose address has just become known the mail that says where they stand in each cycle."""
    kinds = {Seat.CONFIRMED: "registration_confirmed", Seat.WAITLISTED: "waiting_list"}
    rows = CycleRegistration.objects.filter(participant=participant, state__in=kinds).order_by("pk")
    for row in rows.select_related("participant"):
        kind = kinds[Seat(row.state)]
        owe(row, kind=kind, key=f"{kind}:{row.pk}:{_stamp(at)}", at=at)


@receives(LinksSought)
def owe_links_of_speaker(event: LinksSought) -> None:
    """Owe whoever speaks or trains under an address the mail with the links of their pages."""
    if speaker_links.owe(event.email, at=event.at):
        sending.wake()


@receives(LinkAsked)
def owe_own_link(event: LinkAsked) -> None:
    """Owe the mail with the person's own link; one is enough while it waits."""
    participant, at = event.participant, event.at
    waits = Delivery.objects.filter(
        kind="own_link", participant=participant, state=Delivery.State.PENDING, not_after__gt=at
    )
    if not waits.exists():
        _owe_personal(participant, kind="own_link", email=participant.email, at=at)


def _owe_personal(person: Participant, *, kind: str, email: str, at: dt.datetime) -> None:
    mail = Delivery(
        key=f"{kind}:{person.pk}:{ledger.address_hash(email)[:16]}:{_stamp(at)}",
        kind=kind,
        participant=person,
        to_address=email,
        domain=addresses.domain(email),
        language=person.language,
        created_at=at,
        next_at=at,
        not_after=at + periods.length("prove"),
    )
    ledger.owe([mail])
    sending.wake()


@further_parts.answer
def copy_of_mails(participant: Participant, cycles: Collection[int] | None) -> dict[str, Any]:
    """Add to a person's copy of their data which mails were owed to them (those of no cycle always)."""
    mails = Delivery.objects.filter(participant=participant).order_by("created_at", "pk")
    if cycles is not None:
        mails = mails.filter(Q(cycle_registration=None) | Q(cycle_registration__cycle__in=cycles))
    names = ("kind", "to_address", "language", "state", "reason", "created_at", "sent_at")
    states, reasons = dict(Delivery.State.choices), dict(Delivery.Reason.choices)
    rows = list(mails.values(*names))
    for row in rows:
        kind = KINDS.get(row["kind"])
        row["kind"] = Coded(row["kind"], kind.label if kind else gettext("another email"))
        row["state"] = Coded(row["state"], states.get(row["state"], row["state"]))
        row["reason"] = Coded(row["reason"], reasons.get(row["reason"], ""))
    return {"mails": rows}


@receives(AddressForgotten)
def forget_address(event: AddressForgotten) -> None:
    """Let no address outlive an erasure that keeps a name."""
    ledger.forget(event.participant.pk)


@receives(RegistrationsForgotten)
def forget_registrations(event: RegistrationsForgotten) -> None:
    """Let no mail say whose registrations these were, nor what they wanted to hear of the cycles."""
    ids = event.ids
    ledger.forget_registrations(list(ids))
    theirs = CycleRegistration.objects.filter(
        pk__in=ids, participant=OuterRef("participant"), cycle=OuterRef("cycle")
    )
    NewsStop.objects.filter(Exists(theirs)).delete()
