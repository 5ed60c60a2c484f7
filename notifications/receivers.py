"""What other apps' changes owe: rows, written in the same transaction, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from cycles.signals import session_changed, sessions_added
from registrations.models import CycleRegistration, Participant
from registrations.signals import queue_moved, registration_changed, sessions_joined

from . import ledger, plan, sending
from .models import Delivery, ReminderStep

if TYPE_CHECKING:
    from cycles.models import SessionChange

# The life of the link in the mail that asks to confirm an address.
REQUEST_LIVES = dt.timedelta(days=7)
# Dates that somebody takes one after the other are told in one mail.
TAKES_TOGETHER = dt.timedelta(minutes=10)


@receiver(registration_changed, dispatch_uid="notifications.registration_changed")
def owe_registration_mail(
    *, kind: str, registration: CycleRegistration, registration_ids: list[int], at: dt.datetime, **_: Any
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
        _owe_confirmation(row, at=at)
    elif kind in ("in_review", "refused", "waitlisted"):
        name = {"in_review": "request_received", "refused": "request_refused", "waitlisted": "waiting_list"}[kind]
        owe(row, kind=name, key=f"{kind}:{row.pk}:{_stamp(at)}", at=at)
    elif kind == "cancelled":
        only = registration_ids[0] if len(registration_ids) == 1 else None
        owe(
            row,
            kind="registration_cancelled",
            key=f"cancelled:{row.pk}:{only or 'all'}:{_stamp(at)}",
            at=at,
            registration_id=only,
        )
    elif kind == "restored":
        unsent = Delivery.objects.filter(kind="registration_cancelled", cycle_registration=row)
        if not ledger.skip(unsent, reason=Delivery.Reason.SUPERSEDED):
            _owe_confirmation(row, at=at)


def _owe_confirmation(row: CycleRegistration, *, at: dt.datetime) -> None:
    """Owe the mail that lists somebody's dates: at once the first time, then one for dates taken one by one.

    It says what is true when it leaves, so while one waits no second is owed.
    """
    told = Delivery.objects.filter(kind="registration_confirmed", cycle_registration=row)
    states = set(told.filter(created_at__gt=at - TAKES_TOGETHER).values_list("state", flat=True))
    if Delivery.State.PENDING in states:
        return
    # The first mail has just left, or is leaving: further dates are told together, a little later.
    leaves_at = at + TAKES_TOGETHER if states else at
    owe(row, kind="registration_confirmed", key=f"confirmed:{row.pk}:{_stamp(at)}", at=leaves_at)


@receiver(queue_moved, dispatch_uid="notifications.queue_moved")
def owe_queue_mails(*, kind: str, people: dict[int, list[int]], at: dt.datetime, **_: Any) -> None:
    """Owe each person one mail when places went on, however many dates it is about."""
    name = {"promoted": "place_given", "offered": "place_offered", "offer_ended": "offer_ended"}[kind]
    rows = CycleRegistration.objects.filter(pk__in=people).select_related("participant")
    ledger.owe(
        delivery(
            row,
            kind=name,
            key=f"{kind}:{row.pk}:{'-'.join(map(str, people[row.pk][:3])) or 'cycle'}:{_stamp(at)}",
            at=at,
            registration_id=people[row.pk][0] if len(people[row.pk]) == 1 else None,
        )
        for row in rows
    )
    sending.wake()


@receiver(sessions_joined, dispatch_uid="notifications.sessions_joined")
def owe_added_mails(*, cycle_id: int, registration_ids: list[int], at: dt.datetime, **_: Any) -> None:
    """Owe everybody concerned one mail about the sessions that were added, however many were."""
    ledger.owe_added(cycle_id, rows=registration_ids, at=at, leaves_at=at + plan.GRACE)


def _stamp(at: dt.datetime) -> int:
    return int(at.timestamp())


def delivery(
    row: CycleRegistration,
    *,
    kind: str,
    key: str,
    at: dt.datetime,
    not_after: dt.datetime | None = None,
    registration_id: int | None = None,
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
        domain=person.email.rpartition("@")[2].lower(),
        language=person.language,
        created_at=at,
        next_at=at,
        not_after=not_after,
    )


def owe(
    row: CycleRegistration,
    *,
    kind: str,
    key: str,
    at: dt.datetime,
    not_after: dt.datetime | None = None,
    registration_id: int | None = None,
) -> None:
    ledger.owe(
        [delivery(row, kind=kind, key=key, at=at, not_after=not_after, registration_id=registration_id)]
    )
    sending.wake()


@receiver(session_changed, dispatch_uid="notifications.session_changed")
def follow_session(*, change: SessionChange, at: dt.datetime, **_: Any) -> None:
    plan.replan(change.session)
    plan.notify(change, at=at)


@receiver(sessions_added, dispatch_uid="notifications.sessions_added")
def plan_added_sessions(*, session_ids: list[int], **_: Any) -> None:
    plan.plan_added(session_ids)


@receiver(post_save, sender=ReminderStep, dispatch_uid="notifications.step_saved")
def follow_step(*, instance: ReminderStep, raw: bool = False, **_: Any) -> None:
    """Replan the sessions that a line of a plan is for when it changes."""
    if raw:
        return
    held = instance.cycle.sessions.held()
    for session in held.filter(pk=instance.session_id) if instance.session_id else held:
        plan.replan(session)


@receiver(pre_delete, sender=Participant, dispatch_uid="notifications.participant_erased")
def forget_person(*, instance: Participant, **_: Any) -> None:
    """Let no address outlive the person: an erasure, or a request that nobody confirmed."""
    ledger.forget(instance.pk)
