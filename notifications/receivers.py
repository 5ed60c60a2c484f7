"""What other apps' changes owe: rows, written in the same transaction, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from cycles.models import Session
from cycles.signals import session_changed, sessions_added
from registrations.models import CycleRegistration, Participant
from registrations.signals import registration_changed

from . import ledger, plan, sending
from .models import Delivery, ReminderStep

if TYPE_CHECKING:
    from cycles.models import SessionChange

# The life of the link in the mail that asks to confirm an address.
REQUEST_LIVES = dt.timedelta(days=7)


@receiver(registration_changed, dispatch_uid="notifications.registration_changed")
def owe_registration_mail(
    *, kind: str, cycle_registration_id: int, registration_ids: list[int], at: dt.datetime, **_: Any
) -> None:
    """Owe the one mail that a change of registration deserves."""
    row = CycleRegistration.objects.select_related("participant").get(pk=cycle_registration_id)
    if kind == "requested":
        key = f"confirm:{row.pk}:{row.request_number}"
        owe(row, kind="confirm_address", key=key, at=at, not_after=at + REQUEST_LIVES)
    elif kind == "repeated":
        # At most one a day: the form must not become a way to fill someone's mailbox.
        owe(row, kind="already_registered", key=f"again:{row.pk}:{at.date()}", at=at)
    elif kind == "confirmed":
        owe(row, kind="registration_confirmed", key=f"confirmed:{row.pk}:{_stamp(at)}", at=at)
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
            owe(row, kind="registration_confirmed", key=f"restored:{row.pk}:{_stamp(at)}", at=at)
    elif kind == "promoted":
        for number in registration_ids:
            key = f"place:{number}:{_stamp(at)}"
            owe(row, kind="place_given", key=key, at=at, registration_id=number)


def _stamp(at: dt.datetime) -> int:
    return int(at.timestamp())


def owe(
    row: CycleRegistration,
    *,
    kind: str,
    key: str,
    at: dt.datetime,
    not_after: dt.datetime | None = None,
    registration_id: int | None = None,
) -> None:
    person = row.participant
    ledger.owe(
        [
            Delivery(
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
        ]
    )
    sending.wake()


@receiver(session_changed, dispatch_uid="notifications.session_changed")
def follow_session(*, change: SessionChange, at: dt.datetime, **_: Any) -> None:
    plan.replan(change.session)
    plan.notify(change, at=at)


@receiver(sessions_added, dispatch_uid="notifications.sessions_added")
def plan_added_sessions(*, session_ids: list[int], **_: Any) -> None:
    for session in Session.objects.filter(pk__in=session_ids):
        plan.replan(session)


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
