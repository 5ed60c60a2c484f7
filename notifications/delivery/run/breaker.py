"""The circuit breaker of a mailing: refused a few times on one ground, the rest of it waits and a person is asked.

Counting and holding are one transaction that locks the mailing's row, so that several workers count together: beyond
the limit go at most the mails that they have in hand. A held mailing is kept back twice: what is claimed is put off
(`hold_back`), and the last rule of `delivery.eligibility` refuses it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import journal
from notifications.delivery import ledger
from notifications.models import Delivery, RefusedMailing, Suppression
from notifications.transport import refusals
from notifications.transport.refusals import Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from accounts.models import User

    from .leases import Outcome

State = Delivery.State
# A large mailing with a few wrong addresses goes on: less than one in ten, up to so many.
SHARE = 10
MOST_ALLOWED = 20
# How long what waits for a person is left alone between two looks.
LOOK_AGAIN = dt.timedelta(minutes=10)
REFUSED = (State.FAILED, State.SUPPRESSED)
OF_READERS = tuple(name for name, ground in refusals.GROUNDS.items() if ground.fault is Fault.READER)
OURS = tuple(name for name, ground in refusals.GROUNDS.items() if ground.fault is Fault.US)


def mailing_of(delivery: Delivery) -> str:
    """Return the mailing that a mail is part of; empty for a mail that belongs to none."""
    if delivery.occurrence_id is not None:
        return f"occurrence:{delivery.occurrence_id}"
    if delivery.group_message_id is not None:
        return f"group:{delivery.group_message_id}"
    row = delivery.cycle_registration
    if row is None:
        return ""
    return f"{delivery.kind}:{row.cycle_id}:{delivery.created_at.astimezone(dt.UTC):%Y-%m-%d}"


def note(delivery: Delivery, outcome: Outcome, *, at: dt.datetime) -> None:
    """Count a mail that was refused for good, and hold its mailing when that were too many."""
    mailing = mailing_of(delivery)
    if not mailing or not outcome.refusal or outcome.state not in REFUSED:
        return
    cycle_id = _cycle_id(delivery)
    if cycle_id is None:
        return
    with transaction.atomic():
        RefusedMailing.objects.bulk_create(
            [
                RefusedMailing(
                    mailing=mailing,
                    ground=outcome.refusal,
                    cycle_id=cycle_id,
                    kind=delivery.kind,
                    occurrence_id=delivery.occurrence_id,
                    group_message_id=delivery.group_message_id,
                    first_at=at,
                    asks_at=settings.ESCALE_REFUSALS_BEFORE_ASKING,
                )
            ],
            ignore_conflicts=True,
        )
        row = RefusedMailing.objects.select_for_update().get(mailing=mailing, ground=outcome.refusal)
        row.count += 1
        row.example = refusals.without_addresses(outcome.error)[:300]
        if row.held_at is None and row.count >= row.asks_at and _are_too_many(row):
            row.held_at = at
        row.save(update_fields=["count", "example", "held_at"])


def _cycle_id(delivery: Delivery) -> int | None:
    if delivery.cycle_registration is not None:
        return delivery.cycle_registration.cycle_id
    return delivery.session.cycle_id if delivery.session is not None else None


def _are_too_many(row: RefusedMailing) -> bool:
    if row.count >= MOST_ALLOWED:
        return True
    sent = mails(row).filter(state=State.SENT).count()
    return row.count * SHARE >= sent + row.count


def mails(row: RefusedMailing) -> QuerySet[Delivery]:
    """Return all mails of a refused mailing."""
    if row.occurrence_id is not None:
        return Delivery.objects.filter(occurrence=row.occurrence_id)
    if row.group_message_id is not None:
        return Delivery.objects.filter(group_message=row.group_message_id)
    day = dt.datetime.combine(dt.date.fromisoformat(row.mailing[-10:]), dt.time(), tzinfo=dt.UTC)
    return Delivery.objects.filter(
        kind=row.kind,
        cycle_registration__cycle=row.cycle_id,
        occurrence=None,
        group_message=None,
        created_at__gte=day,
        created_at__lt=day + dt.timedelta(days=1),
    )


def hold_back(taken: Collection[int], *, at: dt.datetime) -> set[int]:
    """Put off the mails among `taken` whose mailing is held; return which. What is too late is not kept back."""
    waiting: set[int] = set()
    for row in RefusedMailing.objects.filter(held_at__isnull=False):
        open_ones = mails(row).filter(Q(not_after=None) | Q(not_after__gt=at), pk__in=taken)
        result = set(open_ones.values_list("pk", flat=True))
        ledger.defer(Delivery.objects.filter(pk__in=result), until=at + LOOK_AGAIN)
        waiting |= result
    return waiting


def go_on(mailing: RefusedMailing, *, by: User | None, at: dt.datetime) -> int:
    """Let a held mailing go on: what waits leaves, and what was refused by our fault. Return how many mails wait.

    It is held again after as many more refusals as there were.
    """
    with journal.entry("mailing.go_on", mailing, by=by, at=at):
        rows = RefusedMailing.objects.select_for_update().filter(mailing=mailing.mailing)
        for row in rows.filter(held_at__isnull=False):
            row.held_at, row.asks_at = (
                None,
                row.count + max(row.count, settings.ESCALE_REFUSALS_BEFORE_ASKING),
            )
            row.save(update_fields=["held_at", "asks_at"])
        ledger.again(mails(mailing).filter(state=State.FAILED, refusal__in=OURS), at=at)
        waiting = mails(mailing).filter(state=State.PENDING, refusal="", next_at__lte=at + LOOK_AGAIN)
        return ledger.bring_forward(waiting, at=at)


def lift(mailing: RefusedMailing, *, by: User | None, at: dt.datetime) -> int:
    """Let the addresses that a mailing stopped receive mail again, and owe them what they missed. Return how many."""
    with journal.entry("mailing.lift", mailing, by=by, at=at):
        rows = RefusedMailing.objects.select_for_update().filter(
            mailing=mailing.mailing, ground__in=OF_READERS
        )
        refused = mails(mailing).filter(refusal__in=OF_READERS, state__in=REFUSED)
        addresses = set(refused.values_list("to_address", flat=True))
        lifted, _by_model = Suppression.objects.filter(mailing=mailing.mailing).delete()
        missed = Q(pk__in=refused) | Q(
            to_address__in=addresses, state=State.SUPPRESSED, next_at__gte=mailing.first_at
        )
        for row in rows:
            row.count, row.asks_at = 0, settings.ESCALE_REFUSALS_BEFORE_ASKING
            row.save(update_fields=["count", "asks_at"])
        ledger.again(Delivery.objects.filter(missed), at=at)
        return lifted


def stopped_by(mailing: str) -> int:
    """Return how many addresses a mailing stopped that are stopped still."""
    return Suppression.objects.filter(mailing=mailing).count()
