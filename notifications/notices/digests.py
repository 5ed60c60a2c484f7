"""One mail about several dates of a cycle that changed together, instead of one for each.

Each change keeps its own notice, with its grace, its stop and its way back. Notices of one cycle that fall due at the
same time are told by a digest: a mailing of its own, to which they point. What a person reads of it is worked out when
their mail leaves: the dates at which they have, or wait for, a place, and which no newer change has overtaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from cycles.calendars import entries
from cycles.models import Session, SessionChange
from notifications.mail.kinds import DIGEST, KINDS, NOTICES
from notifications.models import Occurrence
from registrations.models import WAITING, CycleRegistration, Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.db.models import QuerySet

    from notifications.models import Delivery

KNOWN_AT = Coalesce(F("confirmed_at"), F("queued_at"))


def join(*, at: dt.datetime) -> int:
    """Let one mailing tell the notices of each cycle that are due now, where there are several; return how many."""
    due = Occurrence.objects.filter(
        kind__in=NOTICES,
        state=Occurrence.State.PLANNED,
        passes=0,
        cursor=0,
        due_at__lte=at,
        not_after__gt=at,
    )
    several = due.order_by().values("session__cycle").annotate(count=Count("session", distinct=True))
    joined = 0
    for cycle_id in several.filter(count__gt=1).values_list("session__cycle", flat=True):
        joined += _join(due.filter(session__cycle=cycle_id))
    return joined


@transaction.atomic
def _join(due: QuerySet[Occurrence]) -> int:
    """Make the digest of some notices; those that another worker has begun meanwhile are left alone."""
    notices = list(due.select_for_update(of=("self",), skip_locked=True).order_by("not_after", "pk"))
    if len({notice.session_id for notice in notices}) < 2:  # noqa: PLR2004 - several
        return 0
    digest = Occurrence.objects.create(
        kind=DIGEST,
        session_id=notices[0].session_id,
        revision=notices[0].revision,
        due_at=max(notice.due_at for notice in notices),
        # What is over for one of the dates is still news for the others.
        not_after=max(notice.not_after for notice in notices),
    )
    Occurrence.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        state=Occurrence.State.CLOSED, passes=2, told_by=digest
    )
    return 1


def notices(digest: Occurrence) -> list[Occurrence]:
    """Return the notices that a digest tells, with all that is said of their sessions, soonest first.

    A session without a date any more stands where it was.
    """
    told = list(Occurrence.objects.filter(told_by=digest))
    concerned = Session.objects.filter(pk__in=[notice.session_id for notice in told])
    sessions = {session.pk: session for session in entries.loaded(concerned).prefetch_related("changes")}
    for notice in told:
        notice.session = sessions[notice.session_id]
    return sorted(told, key=lambda notice: (_dated(notice), notice.pk))


def _dated(notice: Occurrence) -> dt.datetime:
    """Return the date of a notice's session: the one it has, else the one before the change, as the mail shows it."""
    first = (notice.since_revision or 0) + 1
    before = (change.from_starts_at for change in notice.session.changes.all() if change.revision == first)
    return notice.session.starts_at or next(before, None) or notice.not_after


def people(digest: Occurrence) -> QuerySet[CycleRegistration]:
    """Return whom a digest is for: who has or waits for a place at one of the dates since before it changed.

    Whoever has no address is not one of them.
    """
    concerned, asked = Q(pk__in=()), Q(pk__in=())
    for notice in notices(digest):
        concerned |= Q(session=notice.session_id, known_at__lte=_changed_at(notice))
        asked |= Q(date=notice.session_id, requested_at__lte=_changed_at(notice))
    rows = Registration.objects.live().annotate(known_at=KNOWN_AT)
    waiting = CycleRegistration.objects.waiting_by_date()
    return CycleRegistration.objects.filter(
        Exists(rows.filter(concerned, cycle_registration=OuterRef("pk")))
        | Exists(waiting.filter(asked, pk=OuterRef("pk")))
    ).exclude(Q(participant__email="") | Q(state__in=(State.CANCELLED, State.REFUSED)))


def _changed_at(notice: Occurrence) -> dt.datetime:
    return next(change.at for change in notice.session.changes.all() if change.revision == notice.revision)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One date of a digest as somebody reads it: the notice, the seat, and what there is to say of them.

    Whoever waits for the whole cycle has no seat there, not even one that waits.
    """

    notice: Occurrence
    seat: Registration | None
    said: dict[str, Any]

    @property
    def held(self) -> Registration | None:
        """The seat where it is the reader's."""
        return self.seat if self.seat is not None and self.seat.state == State.CONFIRMED else None

    @property
    def kind(self) -> str:
        return self.notice.kind

    @property
    def calendar(self) -> str | None:
        return KINDS[self.notice.kind].calendar


def parts(
    delivery: Delivery, *, say: Callable[[Session, Occurrence], dict[str, Any]], at: dt.datetime
) -> list[Part]:
    """Return what a digest tells one person, soonest first. Raises ValueError when nothing is left to tell."""
    if delivery.occurrence is None:
        msg = f"delivery {delivery.pk} has lost its mailing"
        raise ValueError(msg)
    seats = {
        seat.session_id: seat
        for seat in Registration.objects.live().filter(cycle_registration=delivery.cycle_registration_id)
    }
    known = {pk: seat.confirmed_at or seat.queued_at for pk, seat in seats.items()}
    known |= _asked_for(delivery)
    results = []
    for notice in notices(delivery.occurrence):
        known_at, is_over = known.get(notice.session_id), notice.not_after <= at
        if known_at is None or is_over or notice.session.revision != notice.revision:
            continue
        if known_at <= _changed_at(notice):
            seat = seats.get(notice.session_id)
            results.append(Part(notice=notice, seat=seat, said=say(notice.session, notice)))
    if not results:
        msg = f"delivery {delivery.pk} has nothing left to tell"
        raise ValueError(msg)
    return results


def _asked_for(delivery: Delivery) -> dict[int, dt.datetime]:
    """Return {session: since when} of the dates that a reader who waits for the cycle asked for; else no query."""
    registration = delivery.cycle_registration
    if registration is None or registration.state not in WAITING:
        return {}
    rows = CycleRegistration.objects.waiting_by_date().filter(pk=registration.pk)
    return dict(rows.values_list("date", "requested_at"))


def current() -> QuerySet[Occurrence]:
    """Return the notices that the digest of an outer delivery tells and that no newer change has overtaken."""
    return Occurrence.objects.filter(told_by=OuterRef("occurrence"), session__revision=F("revision"))


def concerning() -> QuerySet[Occurrence]:
    """Return those of the current notices that an outer delivery's reader has, or waits for, a place at.

    As `parts` finds them: known since before the date changed.
    """
    seats = (
        Registration.objects.live()
        .filter(session=OuterRef("session"), cycle_registration=OuterRef(OuterRef("cycle_registration")))
        .annotate(known_at=KNOWN_AT)
    )
    waiting = (
        CycleRegistration.objects.waiting_by_date()
        .filter(date=OuterRef("session"), pk=OuterRef(OuterRef("cycle_registration")))
        .annotate(known_at=F("requested_at"))
    )
    return current().filter(
        Exists(seats.filter(Exists(_changes_since("session"))))
        | Exists(waiting.filter(Exists(_changes_since("date"))))
    )


def _changes_since(session: str) -> QuerySet[SessionChange]:
    """Return the change of an outer notice at the session that a row names, since the row's reader knows the date."""
    return SessionChange.objects.filter(
        session=OuterRef(session), revision=OuterRef(OuterRef("revision")), at__gte=OuterRef("known_at")
    )
