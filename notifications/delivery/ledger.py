"""The delivery ledger: with leases.py the only writer of `Delivery.state`.

pending → claimed → sending → sent | failed | suppressed | skipped | uncertain. Here mails are owed, withdrawn,
doubted and proved; what a worker does to the rows that it holds is in leases.py.

`clock` is `Now()`, the database's own clock read as the statement runs, or an aware instant (tests).
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Now, StrIndex, Substr

from accounts import addresses
from notifications.delivery import sent_texts
from notifications.mail.kinds import KINDS
from notifications.models import Delivery, DeliveryEvent, OnUncertain, Suppression
from registrations.models import CycleRegistration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import Field, QuerySet

    from notifications.models import Occurrence
    from registrations.models import Registration

Clock = dt.datetime | Now
DOUBTS_AT_MOST = 2
LONGEST_ERROR = 500
# Mails inserted by one statement.
AT_ONCE = 200
# What providers report of a mail that they could not deliver after all, and of one that was not welcome.
RETURNED = ("bounced", "rejected", "failed")
UNWELCOME = (*RETURNED, "complained")
# Many providers tell the time in whole seconds, and refuse at once: before we have noted that the mail is sent.
CLOCK_STEP = dt.timedelta(seconds=1)


def address_hash(address: str) -> str:
    """Return how a stopped address is kept: keyed, so that a list of addresses cannot be tried on it."""
    return hmac.digest(_suppression_key(settings.SECRET_KEY), addresses.key(address).encode(), "sha256").hex()


@functools.cache
def _suppression_key(secret: str) -> bytes:
    return hashlib.sha256(b"suppression" + secret.encode()).digest()


def owe(deliveries: Iterable[Delivery]) -> None:
    """Insert owed mails; one whose key is known already is left exactly as it is.

    Nothing is owed to somebody who has no address.
    """
    mails = [mail for mail in deliveries if mail.to_address]
    for mail in mails:
        about = mail.session or mail.cycle_registration
        mail.cycle_id = about.cycle_id if about else None
    for start in range(0, len(mails), AT_ONCE):
        _insert(mails[start : start + AT_ONCE])


def _insert(mails: list[Delivery]) -> None:
    """Insert these mails by one statement.

    As `bulk_create` does, without building the statement as expressions first: that took longer than running it,
    and somebody who registers waits for it.
    """
    rows = [
        {
            str(field.column): None if value is None else field.get_db_prep_save(value, connection)
            for field in _columns()
            for value in (getattr(mail, field.attname),)
        }
        for mail in mails
    ]
    # What is null in all of them need not be named.
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    one = f"({', '.join(['%s'] * len(names))})"
    # The name of the table is quoted as Django quotes it: accounts.dry_run counts the rows of a statement by it.
    table = connection.ops.quote_name(Delivery._meta.db_table)
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own columns
        f"VALUES {', '.join([one] * len(rows))} ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [row[name] for row in rows for name in names])


@functools.cache
def _columns() -> list[Field[Any, Any]]:
    """Return the fields of a mail but its key, which the database gives. None computes its value when saved."""
    return [field for field in Delivery._meta.concrete_fields if not field.primary_key]


def owe_people(
    people: QuerySet[Registration] | QuerySet[CycleRegistration],
    *,
    occurrence: Occurrence,
    prefix: str,
    leaves_at: dt.datetime,
    at: dt.datetime,
    is_late: bool = False,
) -> int:
    """Insert the mails that a mailing owes to these registrations, by one statement; return how many were new.

    `is_late`: they are only written down, as skipped. The addresses never pass through this process: memory
    stays the same for ten people and a million.
    """
    step, kind = occurrence.step, KINDS[occurrence.kind]
    # People registered for the cycle need have no row for the session: their own key, and none to name.
    is_whole = people.model is CycleRegistration
    columns: dict[str, Any] = {
        "key": Concat(Value(f"{prefix}c" if is_whole else prefix), Cast("pk", CharField())),
        "kind": Value(occurrence.kind),
        "occurrence_id": Value(occurrence.pk),
        # A digest is about several sessions; each of its parts is looked at when it leaves.
        "session_id": Value(
            None if kind.is_digest else occurrence.session_id, output_field=BigIntegerField()
        ),
        # News and surveys are not about a schedule: a stop that moves afterwards makes them no less true.
        "revision": Value(
            None if kind.stops_with_news or kind.is_digest or kind.survey else occurrence.revision,
            output_field=IntegerField(),
        ),
        "registration_id": Value(None, output_field=BigIntegerField()) if is_whole else F("pk"),
        "cycle_registration_id": F("pk") if is_whole else F("cycle_registration_id"),
        "on_uncertain": Value(step.on_uncertain if step else OnUncertain.RETRY.value),
        "not_after": Value(occurrence.not_after, output_field=DateTimeField()),
    }
    if is_late:
        columns["state"] = Value(Delivery.State.SKIPPED.value)
        columns["reason"] = Value(Delivery.Reason.TOO_LATE.value)
    return insert(people, columns, at=at, leaves_at=leaves_at)


def insert(
    people: QuerySet[Registration] | QuerySet[CycleRegistration],
    columns: dict[str, Any],
    *,
    at: dt.datetime,
    leaves_at: dt.datetime,
) -> int:
    """Insert one mail a row of `people`, by one statement; return how many were new.

    `columns` are expressions over the row: `key` and `kind` at least; the rest is what every new mail is.
    """
    is_whole = people.model is CycleRegistration
    columns = {
        "participant_id": F("participant_id"),
        "cycle_id": F("cycle_id") if is_whole else F("session__cycle_id"),
        "to_address": F("participant__email"),
        "domain": Substr("participant__email", StrIndex("participant__email", Value("@")) + 1),
        "language": F("participant__language"),
        "on_uncertain": Value(OnUncertain.RETRY.value),
        "state": Value(Delivery.State.PENDING.value),
        "reason": Value(""),
        "created_at": Value(at, output_field=DateTimeField()),
        "next_at": Value(leaves_at, output_field=DateTimeField()),
        "attempts": Value(0),
        "doubts": Value(0),
        "message_id": Value(""),
        "last_error": Value(""),
        "refusal": Value(""),
        "note": Value(""),
    } | columns
    # People without an address, and nobody's registrations (anonymised ones), which are there for the counts.
    somebody = people.exclude(participant__email="")
    select, parameters = somebody.order_by().values_list(*columns.values()).query.sql_with_params()
    # Only our own column names go into the text; every value is a parameter.
    statement = f"INSERT INTO notifications_delivery ({', '.join(columns)}) {select} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def database_time() -> dt.datetime:
    """Return the database's clock as an aware UTC datetime."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            return dt.datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=dt.UTC)
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment.astimezone(dt.UTC)


def read(clock: Clock) -> dt.datetime:
    """Return the instant that a clock stands at."""
    return clock if isinstance(clock, dt.datetime) else database_time()


def doubt(rows: QuerySet[Delivery], *, at: dt.datetime) -> int:
    """Mark rows whose acceptance is unknown: retried with the same Message-ID, twice in all, or held."""
    may_retry = Q(on_uncertain=OnUncertain.RETRY, doubts__lt=DOUBTS_AT_MOST - 1)
    return rows.update(
        state=Case(
            When(may_retry, then=Value(Delivery.State.PENDING)), default=Value(Delivery.State.UNCERTAIN)
        ),
        doubts=F("doubts") + 1,
        next_at=at,
        batch=None,
    )


def prove(pk: int, *, clock: Clock) -> bool:
    """Write down that a mail in doubt was accepted after all; False when it is not in doubt."""
    waiting = (Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.UNCERTAIN)
    rows = Delivery.objects.filter(pk=pk, state__in=waiting, doubts__gt=0)
    return bool(rows.update(state=Delivery.State.SENT, sent_at=clock, batch=None, last_error=""))


def scope_of(delivery: Delivery) -> str:
    """Return the scope of the stops that concern a mail beside those of the whole site: its programme's."""
    about = delivery.session or delivery.cycle_registration
    return Suppression.scope_for(about.cycle.programme_id if about else None)


def suppress(
    address: str,
    *,
    reason: Suppression.Reason,
    at: dt.datetime,
    scope: str = Suppression.SITE,
    mailing: str = "",
) -> None:
    """Stop all mail to an address: of the whole site, or only what belongs to one programme.

    `mailing` is the one whose refusal stops it, if it was one. What a person said about their address stands above
    a refusal that stopped it before: organisers may lift the one, and not the other.
    """
    row = Suppression(scope=scope, address_hash=address_hash(address), reason=reason, at=at, mailing=mailing)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
    if reason != Suppression.Reason.BOUNCE:
        known = Suppression.objects.filter(scope=scope, address_hash=row.address_hash)
        known.filter(reason=Suppression.Reason.BOUNCE).update(reason=reason, mailing="", at=at)


def stops_of(address: str, *, scope: str = Suppression.SITE) -> QuerySet[Suppression]:
    """Return what stops mail of a scope to an address; a stop of the whole site stops every mail."""
    return Suppression.objects.filter(scope__in={Suppression.SITE, scope}, address_hash=address_hash(address))


def defer(rows: QuerySet[Delivery], *, until: dt.datetime) -> int:
    """Let mails that a worker has just taken wait again."""
    taken = rows.filter(state=Delivery.State.CLAIMED)
    return taken.update(state=Delivery.State.PENDING, next_at=until, batch=None)


def skip(rows: QuerySet[Delivery], *, reason: Delivery.Reason, held: bool = False) -> int:
    """Withdraw mails that wait, and with `held` those in doubt; what is sent or leaving is never touched."""
    states = [Delivery.State.PENDING, *([Delivery.State.UNCERTAIN] if held else [])]
    return rows.filter(state__in=states).update(state=Delivery.State.SKIPPED, reason=reason)


def bounced() -> Exists:
    """Return the condition that a provider reported a sent mail back since it was sent the last time."""
    since = Coalesce(OuterRef("sending_at"), OuterRef("sent_at")) - CLOCK_STEP
    back = DeliveryEvent.objects.filter(type__in=RETURNED, at__gt=since)
    return Exists(back.filter(delivery=OuterRef("pk")))


def requeue(rows: QuerySet[Delivery], *, address: str, at: dt.datetime) -> int:
    """Let mails that ended without arriving wait again, for an address that may be a corrected one."""
    ended = (
        Delivery.State.FAILED,
        Delivery.State.SUPPRESSED,
        Delivery.State.SKIPPED,
        Delivery.State.UNCERTAIN,
    )
    return rows.filter(Q(state__in=ended) | Q(bounced(), state=Delivery.State.SENT)).update(
        state=Delivery.State.PENDING,
        reason="",
        refusal="",
        sent_at=None,
        next_at=at,
        to_address=address,
        domain=addresses.domain(address),
    )


def again(rows: QuerySet[Delivery], *, at: dt.datetime) -> int:
    """Let mails that were refused wait again, each for its own address; what would come too late stays refused."""
    refused = (Delivery.State.FAILED, Delivery.State.SUPPRESSED)
    in_time = rows.filter(Q(not_after=None) | Q(not_after__gt=at), state__in=refused)
    return in_time.update(state=Delivery.State.PENDING, refusal="", attempts=0, next_at=at)


def hold(rows: QuerySet[Delivery], *, until: dt.datetime) -> int:
    """Let mails that nobody has taken yet wait until an instant, so that they can be stopped."""
    return rows.filter(state=Delivery.State.PENDING, next_at__lt=until).update(next_at=until)


def bring_forward(rows: QuerySet[Delivery], *, at: dt.datetime) -> int:
    """Let mails that wait leave at once."""
    return rows.filter(state=Delivery.State.PENDING).update(next_at=at)


def is_suppressed(address: str, *, scope: str = Suppression.SITE) -> bool:
    """Tell whether an address gets no mail of a scope any more."""
    return stops_of(address, scope=scope).exists()


def readdress(participant_id: int, *, email: str) -> int:
    """Let the mails that somebody is still owed go to their new address; return how many."""
    waiting = Delivery.objects.filter(participant_id=participant_id, state=Delivery.State.PENDING)
    # Those are about one address, and for whoever reads it.
    staying = [name for name, kind in KINDS.items() if kind.stays_at_address]
    return waiting.exclude(kind__in=staying).update(to_address=email, domain=addresses.domain(email))


def forget(participant_id: int) -> None:
    """Withdraw what a person was still owed and blank their address in all that was sent.

    The rows stay for the counts; who they were for is gone.
    """
    rows = Delivery.objects.filter(participant_id=participant_id)
    skip(rows, reason=Delivery.Reason.ERASED)
    sent_texts.forget(rows)
    rows.update(to_address="", domain="", last_error="", note="")


def forget_registrations(ids: list[int]) -> None:
    """Likewise for the mails of some registrations, so that nothing says any more whose they were."""
    rows = Delivery.objects.filter(cycle_registration__in=ids)
    skip(rows, reason=Delivery.Reason.ERASED)
    sent_texts.forget(rows)
    rows.update(to_address="", domain="", last_error="", note="", participant=None)


def forget_speaker(address: str, *, cycles: Collection[int] | None) -> None:
    """Withdraw what a speaker was still owed (in these cycles) and blank their address in all that was sent."""
    kinds = [name for name, kind in KINDS.items() if kind.is_to_speaker]
    rows = Delivery.objects.filter(kind__in=kinds, to_address=addresses.key(address))
    if cycles is not None:
        rows = rows.filter(session__cycle__in=cycles)
    skip(rows, reason=Delivery.Reason.ERASED)
    sent_texts.forget(rows)
    rows.update(to_address="", domain="", last_error="", note="")


def message_id(key: str) -> str:
    """Return the Message-ID of a delivery: the same at every attempt, and nothing personal in it."""
    secret = hashlib.sha256(b"message-id" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:40]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
    return f"<{digest}@{domain}>"


def due_count(*, at: dt.datetime) -> int:
    """Return how many mails wait to be sent now."""
    return Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at).count()


def oldest_due(*, at: dt.datetime) -> dt.timedelta | None:
    """Return how late the oldest mail that is due is; None when none waits."""
    first = (
        Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    return None if first is None else at - first
