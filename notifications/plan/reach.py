"""How many people mailings to come reach, as things stand: a few statements for all of them, whatever their number.

`audiences.of` says who they are, one mailing at a time; a test compares both.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from cycles.models import Cycle, Session, SessionChange, SpeakerSlot
from notifications.mail.kinds import DIGEST, NOTICES, TO_SPEAKERS
from notifications.models import NewsStop, Occurrence, ReminderStep
from notifications.notices import digests, recaps, speakers
from notifications.notices.training import training_days
from registrations.booking import address_key
from registrations.models import CycleRegistration, Registration, State
from speakers.people import asked

from . import audiences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

Audience = ReminderStep.Audience


def people(mailings: Sequence[Occurrence], *, at: dt.datetime) -> dict[int, int]:
    """Return {mailing: how many people it reaches} of mailings loaded with their step; twelve queries at most.

    A mailing that is due later reaches whoever is there by then: told is who would get it if nothing changed until.
    """
    result = dict.fromkeys((row.pk for row in mailings), 0)
    of_plan: dict[tuple[str, bool], list[Occurrence]] = {}
    for row in mailings:
        if row.step is not None:
            of_plan.setdefault((row.step.audience, row.step.is_after), []).append(row)
    for (audience, is_after), rows in of_plan.items():
        if audience == Audience.SPEAKERS:
            result |= _speakers(rows, at=at)
        elif audience == Audience.CYCLE:
            result |= _counted(rows, _whole_cycle().filter(confirmed_at__lte=_due(at)))
        else:
            result |= _counted(rows, _seats(audience, at=at, is_after=is_after), by="session")
    news = [row for row in mailings if row.kind in recaps.KINDS]
    left = NewsStop.objects.filter(participant=OuterRef("participant"), cycle=OuterRef("cycle"))
    readers = CycleRegistration.objects.filter(
        cycle=OuterRef("session__cycle"), state=State.CONFIRMED, confirmed_at__lte=_due(at)
    ).exclude(participant__email="")
    result |= _counted(news, readers.exclude(Exists(left)))
    result |= _notices([row for row in mailings if row.step is None and row.kind in NOTICES])
    for row in mailings:
        if row.kind == DIGEST:
            result[row.pk] = digests.people(row).count()
    return result


def _due(at: dt.datetime) -> Any:
    """Return the later of now and when the mailing of an outer query is due."""
    return Greatest(OuterRef("due_at"), Value(at))


def _counted(rows: Sequence[Occurrence], of_each: QuerySet[Any], *, by: str = "cycle") -> dict[int, int]:
    """Count the rows of an inner query for each of some mailings, by one statement; none for no mailing."""
    if not rows:
        return {}
    number = of_each.order_by().values(by).annotate(number=Count("pk")).values("number")
    counted = Occurrence.objects.filter(pk__in=[row.pk for row in rows]).order_by()
    return dict(
        counted.annotate(
            number=Coalesce(Subquery(number, output_field=IntegerField()), Value(0))
        ).values_list("pk", "number")
    )


def _whole_cycle() -> QuerySet[CycleRegistration]:
    return CycleRegistration.objects.filter(
        cycle=OuterRef("session__cycle"), state=State.CONFIRMED, participant__reminders_stopped_at=None
    ).exclude(participant__email="")


def _seats(audience: str, *, at: dt.datetime, is_after: bool) -> QuerySet[Registration]:
    """Return the places whose people a mailing of the outer query reaches."""
    rows = audiences.reached(
        audience, Registration.objects.filter(session=OuterRef("session")), due_at=_due(at)
    )
    return rows if is_after else rows.exclude(Exists(_reminded_before()))


def _reminded_before() -> QuerySet[Registration]:
    """Return the places at an earlier session close by, of which the same line reminds (R7, as `audiences`)."""
    close_by = Case(
        When(session__cycle__kind=Cycle.Kind.RUN, then=Value(audiences.CLOSE_BY_IN_RUNS)),
        default=Value(audiences.CLOSE_BY),
        output_field=DurationField(),
    )
    until = ExpressionWrapper(F("session__ends_at") + close_by, output_field=DateTimeField())
    outer_start = OuterRef("session__starts_at")
    before = Q(session__starts_at__lt=outer_start) | Q(
        session__starts_at=outer_start, session__lt=OuterRef("session")
    )
    return (
        Registration.objects.confirmed()
        .annotate(known_at=audiences.KNOWN_AT, until=until)
        .filter(
            before,
            participant=OuterRef("participant"),
            session__in=Session.objects.held(),
            session__cycle=OuterRef("session__cycle"),
            until__gt=outer_start,
            session__mailings__step__code=OuterRef(OuterRef("step__code")),
            session__mailings__revision=F("session__revision"),
            session__mailings__state__in=(
                Occurrence.State.PLANNED,
                Occurrence.State.OPEN,
                Occurrence.State.CLOSED,
            ),
            session__mailings__due_at__gte=F("known_at"),
            # A line after the session tells of each.
        )
    )


def _speakers(rows: Sequence[Occurrence], *, at: dt.datetime) -> dict[int, int]:
    """Count who speaks, as `audiences.count`; six queries at most, three where none is of a run."""
    sessions = {row.session_id for row in rows}
    reminding = [
        (row.session_id, row.step.code) for row in rows if row.step and row.kind == training_days.KIND
    ]
    told = training_days.told_with_another(reminding) if reminding else Counter()
    yes = speakers.counts("speaker_reminder", sessions, at=at)
    is_any_chased = any(row.kind == "speaker_chased" for row in rows)
    silent = asked.asked_since(sessions) if is_any_chased else {}
    speaking = _reachable(sessions) if is_any_chased else set()
    return {
        row.pk: sum(
            session == row.session_id
            and (session, email) in speaking
            and asked.is_chased(since, due_at=max(row.due_at, at))
            for (session, email), since in silent.items()
        )
        if row.kind == "speaker_chased"
        else yes[row.session_id] - told[row.session_id, row.step.code if row.step else ""]
        for row in rows
    }


def _reachable(sessions: Iterable[int]) -> set[tuple[int, str]]:
    slots = SpeakerSlot.objects.reachable().filter(segment__session__in=sessions)
    return set(slots.values_list("segment__session", "contact_email"))


def _notices(rows: Sequence[Occurrence]) -> dict[int, int]:
    """Count who is told of changes of date: who has or waits for a place since before, who speaks; three queries."""
    if not rows:
        return {}
    change = SessionChange.objects.filter(session=OuterRef("session"), revision=OuterRef("revision"))
    live = Registration.objects.live().filter(session=OuterRef("session")).exclude(participant__email="")
    seats = live.annotate(known_at=audiences.KNOWN_AT)
    number = seats.filter(known_at__lte=OuterRef("changed_at")).order_by().values("session")
    waiting = CycleRegistration.objects.waiting_by_date().filter(
        date=OuterRef("session"), requested_at__lte=OuterRef("changed_at")
    )
    of_cycle = waiting.exclude(participant__email="").order_by().values("date")
    counted = (
        Occurrence.objects.filter(pk__in=[row.pk for row in rows])
        .order_by()
        .annotate(changed_at=Subquery(change.values("at")[:1]))
        .annotate(
            number=Coalesce(Subquery(number.annotate(n=Count("pk")).values("n")), Value(0))
            + Coalesce(Subquery(of_cycle.annotate(n=Count("pk")).values("n")), Value(0))
        )
    )
    result = dict(counted.values_list("pk", "number"))
    sessions = {row.session_id for row in rows}
    speaking = {(session, address_key(email)) for session, email in _reachable(sessions)}
    if speaking:
        registered = speakers.registered_at(sessions, keys={key for _session, key in speaking})
        everyone = Counter(session for session, _key in speaking)
        beside = Counter(session for session, _key in speaking - registered)
        for row in rows:
            is_question = TO_SPEAKERS[row.kind] in speakers.ASKS
            result[row.pk] += (everyone if is_question else beside)[row.session_id]
    return result
