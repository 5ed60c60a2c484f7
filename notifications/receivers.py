"""What other apps' changes owe: rows, written in the same transaction, or a refusal, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext

from accounts import addresses
from cycles.models import Session
from cycles.schedule.planning import PlanningError
from cycles.signals import (
    news_published,
    session_announced,
    session_changed,
    session_leaving,
    sessions_added,
    speakers_changed,
)
from registrations.models import CycleRegistration, Participant, Registration
from registrations.models import State as Seat
from registrations.people.participants import PROVE_WITHIN
from registrations.signals import (
    address_asked,
    address_changed,
    address_forgotten,
    attendance_changed,
    copy_asked,
    link_asked,
    queue_moved,
    registration_changed,
    registrations_forgotten,
    sessions_joined,
)

from .delivery import ledger, sending
from .models import Announcement, Delivery, NewsStop, ReminderStep, Suppression
from .notices import additions, recaps, schedule_changes
from .plan import planner

if TYPE_CHECKING:
    from collections.abc import Collection

    from cycles.models import News, SessionChange

Audience = ReminderStep.Audience
# The life of the link in the mail that asks to confirm an address.
REQUEST_LIVES = dt.timedelta(days=7)
# Dates that somebody takes one after the other are told in one mail.
TAKES_TOGETHER = dt.timedelta(minutes=10)
SOON = dt.timedelta(hours=2)
# The life of the link that proves a new address.
PROOF_LIVES = PROVE_WITHIN


@receiver(registration_changed, dispatch_uid="notifications.registration_changed")
def owe_registration_mail(
    *,
    kind: str,
    registration: CycleRegistration,
    registration_ids: list[int],
    at: dt.datetime,
    reason: str = "",
    **_: Any,
) -> None:
    """Owe the one mail that a change of registration deserves."""
    row = registration
    if kind == "requested":
        key = f"confirm:{row.pk}:{row.request_number}"
        owe(row, kind="confirm_address", key=key, at=at, not_after=at + REQUEST_LIVES)
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
            note=reason,
        )
    elif kind == "restored":
        ended = ("registration_cancelled", "registration_removed")
        unsent = Delivery.objects.filter(kind__in=ended, cycle_registration=row)
        if not ledger.skip(unsent, reason=Delivery.Reason.SUPERSEDED):
            _owe_taken(row, registration_ids, at=at)


def _owe_taken(row: CycleRegistration, registration_ids: list[int], *, at: dt.datetime) -> None:
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
        leaves_at = at if soon else at + TAKES_TOGETHER
        owe(
            row, kind="registration_confirmed", key=f"taken:{row.pk}:{_stamp(at)}", at=at, leaves_at=leaves_at
        )


@receiver(queue_moved, dispatch_uid="notifications.queue_moved")
def owe_queue_mails(*, kind: str, people: dict[int, list[int]], at: dt.datetime, **_: Any) -> None:
    """Owe each person one mail when places went on, however many dates it is about."""
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


@receiver(sessions_joined, dispatch_uid="notifications.sessions_joined")
def owe_added_mails(*, cycle_id: int, session_ids: list[int], at: dt.datetime, **_: Any) -> None:
    """Owe everybody concerned one mail about the sessions that were added, however many were."""
    additions.owe_added(cycle_id, session_ids=session_ids, at=at)


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


@receiver(session_changed, dispatch_uid="notifications.session_changed")
def follow_session(*, change: SessionChange, at: dt.datetime, **_: Any) -> None:
    planner.replan(change.session)
    schedule_changes.notify(change, at=at)


@receiver(session_leaving, dispatch_uid="notifications.session_leaving")
def keep_what_was_told(*, session: Session, **_: Any) -> None:
    """Refuse to delete what a mail was about; those that wait for it do not leave."""
    mails = Delivery.objects.filter(session=session)
    ledger.skip(mails, reason=Delivery.Reason.SESSION_GONE)
    unsent = (Delivery.State.SKIPPED, Delivery.State.FAILED, Delivery.State.SUPPRESSED)
    if mails.exclude(state__in=unsent).exists():
        raise PlanningError(gettext("Mails about this session have left: cancel it instead."))
    # The themes of a day are one mailing, which hangs on the first of them.
    if Announcement.objects.filter(mailing__session=session).exclude(session=session).exists():
        raise PlanningError(
            gettext("A mail about it names another session, too: stop it first, or cancel this one.")
        )


@receiver(sessions_added, dispatch_uid="notifications.sessions_added")
def plan_added_sessions(*, session_ids: list[int], **_: Any) -> None:
    additions.plan_added(session_ids)


@receiver(attendance_changed, dispatch_uid="notifications.attendance_changed")
def follow_attendance(*, session_id: int, at: dt.datetime, **_: Any) -> None:
    planner.look_again(session_id, audiences=(Audience.ATTENDED, Audience.MISSED), at=at)


@receiver(speakers_changed, dispatch_uid="notifications.speakers_changed")
def follow_speakers(*, session_id: int, at: dt.datetime, **_: Any) -> None:
    planner.look_again(session_id, audiences=(Audience.SPEAKERS,), at=at)


@receiver(news_published, dispatch_uid="notifications.news_published")
def tell_recap(*, news: News, at: dt.datetime, **_: Any) -> None:
    recaps.tell_recap(news, at=at)


@receiver(session_announced, dispatch_uid="notifications.session_announced")
def tell_theme(*, session: Session, at: dt.datetime, **_: Any) -> None:
    recaps.announce(session, at=at)


@receiver(post_save, sender=ReminderStep, dispatch_uid="notifications.step_saved")
def follow_step(*, instance: ReminderStep, raw: bool = False, **_: Any) -> None:
    """Replan the sessions that a line of a plan is for when it changes."""
    if not raw:
        planner.follow(instance)


@receiver(pre_delete, sender=Participant, dispatch_uid="notifications.participant_erased")
def forget_person(*, instance: Participant, **_: Any) -> None:
    """Let no address outlive the person: an erasure, or a request that nobody confirmed."""
    ledger.forget(instance.pk)


@receiver(address_asked, dispatch_uid="notifications.address_asked")
def owe_proof(
    *, participant: Participant, email: str, holder: Participant | None, at: dt.datetime, **_: Any
) -> None:
    """Owe the mail that proves a new address; or, to somebody who has it already, one that says so."""
    kind = "address_in_use" if holder else "address_to_prove"
    _owe_personal(holder or participant, kind=kind, email=holder.email if holder else email, at=at)


@receiver(address_changed, dispatch_uid="notifications.address_changed")
def follow_address(
    *,
    participant: Participant,
    before: str,
    corrected: CycleRegistration | None,
    at: dt.datetime,
    **_: Any,
) -> None:
    """Tell the old address, and let what is still owed follow to the new one.

    One that an organiser corrected is told at both ends, as far as anybody ever read mail there: whoever proved
    nothing yet gets the mail that asks for it, and nothing goes to an address that is stopped.
    """
    ledger.readdress(participant.pk, email=participant.email)
    if corrected is not None and participant.confirmed_at is None:
        return
    scope = Suppression.SITE
    if corrected is not None:
        row = CycleRegistration.objects.select_related("participant", "cycle").get(pk=corrected.pk)
        scope = Suppression.scope_for(row.cycle.programme_id)
        owe(row, kind="address_corrected", key=f"address_corrected:{row.pk}:{_stamp(at)}", at=at)
    if corrected is None or not ledger.is_suppressed(before, scope=scope):
        _owe_personal(participant, kind="address_changed", email=before, at=at)


@receiver(link_asked, dispatch_uid="notifications.link_asked")
def owe_own_link(*, participant: Participant, at: dt.datetime, **_: Any) -> None:
    """Owe the mail with the person's own link; one is enough while it waits."""
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
        not_after=at + PROOF_LIVES,
    )
    ledger.owe([mail])
    sending.wake()


@receiver(copy_asked, dispatch_uid="notifications.copy_asked")
def copy_of_mails(*, participant: Participant, cycles: Collection[int] | None, **_: Any) -> dict[str, Any]:
    """Add to a person's copy of their data which mails were owed to them (those of no cycle always)."""
    mails = Delivery.objects.filter(participant=participant).order_by("created_at", "pk")
    if cycles is not None:
        mails = mails.filter(Q(cycle_registration=None) | Q(cycle_registration__cycle__in=cycles))
    names = ("kind", "to_address", "language", "state", "reason", "created_at", "sent_at")
    return {"mails": list(mails.values(*names))}


@receiver(address_forgotten, dispatch_uid="notifications.address_forgotten")
def forget_address(*, participant: Participant, **_: Any) -> None:
    """Let no address outlive an erasure that keeps a name."""
    ledger.forget(participant.pk)


@receiver(registrations_forgotten, dispatch_uid="notifications.registrations_forgotten")
def forget_registrations(*, ids: list[int], **_: Any) -> None:
    """Let no mail say whose registrations these were, nor what they wanted to hear of the cycles."""
    ledger.forget_registrations(ids)
    theirs = CycleRegistration.objects.filter(
        pk__in=ids, participant=OuterRef("participant"), cycle=OuterRef("cycle")
    )
    NewsStop.objects.filter(Exists(theirs)).delete()
