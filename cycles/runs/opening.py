"""Opening a run of a module, adding half-days to it, repeating it, announcing one that is held elsewhere.

A run begins as a draft. Moving, postponing, cancelling it is what `cycles.schedule.planning` does with any cycle.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Max
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from accounts import journal, periods
from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.content.editing import rows
from cycles.events import SessionsAdded
from cycles.models import Cycle, Module, Session, SpeakerSlot, Workshop
from cycles.models.shared import Modality
from cycles.schedule import planning, recurrence
from cycles.schedule.planning.schedule import LONGEST_SESSION
from cycles.schedule.revision import PlanningError, next_revised_at

from . import trainers as trainers_of_run

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from accounts.models import User

Words: TypeAlias = LazyI18nString | dict[str, str] | str

HALF_DAY = LazyI18nString({"fr": "Demi-journée", "en": "Half-day"})
WORKSHOP = LazyI18nString({"fr": "Atelier", "en": "Workshop"})
# The number of a run stands after the address of its module.
LONGEST_STEM = 68
MOST_HALF_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class HalfDay:
    """One meeting of a run, from an aware instant to another: online, at a place, or both."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    modality: str = Modality.ON_SITE
    place: Words = ""
    access: Words = ""
    room_url: str = ""
    # From a midnight to the next: the day is known, the hour is announced later.
    is_all_day: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a run takes people, and what it says of itself; all of it may be changed later."""

    capacity: int | None = None
    offer_hours: int | None = None
    registration_mode: str = Cycle.RegistrationMode.OPEN
    registration_closes_at: dt.datetime | None = None
    price: Words = ""
    contact_email: str = ""
    timezone: str = "Europe/Paris"


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A run that others hold: its dates as far as they are known, and where to register."""

    first_date: dt.date | None
    last_date: dt.date | None = None
    url: str = ""
    price: Words = ""


def open_run(
    module: Module,
    *,
    half_days: Sequence[HalfDay],
    terms: Terms,
    trainers: Collection[int] = (),
    addresses: Mapping[int, str] | None = None,
    by: User | None,
    at: dt.datetime,
) -> Cycle:
    """Make a run of a module as a draft, with its half-days in their order; `trainers` are keys of people.

    `addresses` are those of trainers whose address is known: they get links, and see the run with their account.

    Raises PlanningError without a half-day, for half-days that overlap, or that end before they begin.
    """
    with journal.entry("run.open", module, by=by, at=at):
        return _opened(
            module,
            half_days=half_days,
            terms=terms,
            trainers=trainers,
            addresses=addresses or {},
            word=HALF_DAY,
            title=module.title,
            at=at,
        )


def open_workshop(
    workshop: Workshop, *, half_day: HalfDay, terms: Terms, by: User | None, at: dt.datetime
) -> Cycle:
    """Make the run of one session by which people register for a workshop; it takes the workshop's title.

    Raises PlanningError for a workshop of no module, or one that is open already.
    """
    with journal.entry("run.workshop", workshop, by=by, at=at):
        row = Workshop.objects.select_for_update().get(pk=workshop.pk)
        if row.module is None:
            raise PlanningError(_("This workshop belongs to no module: choose one first."))
        if row.run_id is not None:
            raise PlanningError(_("Registration for this workshop is open already: change its run."))
        cycle = _opened(
            row.module,
            half_days=[half_day],
            terms=terms,
            trainers=(),
            word=WORKSHOP,
            is_numbered=False,
            title=row.title,
            at=at,
        )
        row.run = cycle
        row.save(update_fields=["run"])
        return cycle


def announce_elsewhere(
    module: Module,
    *,
    facts: Elsewhere,
    by: User | None,
    at: dt.datetime,
) -> Cycle:
    """Make a run that others hold, as a draft: its dates and its address, no half-day here."""
    with journal.entry("run.elsewhere", module, by=by, at=at):
        _in_order(facts)
        locked = _locked(module)
        return Cycle.objects.create(
            **_identity(locked, at=at),
            title=locked.title,
            is_external=True,
            host_id=locked.platform_id,
            first_date=facts.first_date,
            last_date=facts.last_date,
            external_url=facts.url,
            price=facts.price,
            registration_mode=Cycle.RegistrationMode.CLOSED,
        )


def edit_facts(
    cycle: Cycle,
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
) -> Cycle:
    """Write the price and the contact of a run, and of one held elsewhere its dates and address; return the row."""
    with journal.entry("run.facts", cycle, by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        known = {"price", "contact_email"} | (
            {"first_date", "last_date", "external_url"} if row.is_external else set()
        )
        if foreign := set(values) - known:
            msg = f"these fields are not edited here: {', '.join(sorted(foreign))}"
            raise ValueError(msg)
        if row.is_external:
            _in_order(
                Elsewhere(
                    first_date=values.get("first_date", row.first_date),
                    last_date=values.get("last_date", row.last_date),
                )
            )
        changed = [
            name for name, value in values.items() if rows.said(getattr(row, name)) != rows.said(value)
        ]
        if not changed:
            entry.drop()
            return row
        for name in changed:
            setattr(row, name, values[name])
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save(update_fields=[*changed, "revised_at"])
        return row


def add_half_days(
    cycle: Cycle, *, half_days: Sequence[HalfDay], by: User | None, at: dt.datetime
) -> list[Session]:
    """Add half-days to a run; whoever is registered for it gets them, by one mail. Return them in their order.

    Raises PlanningError for half-days that overlap each other or those there are, or in the past of a published run.
    """
    with journal.entry("run.add", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        is_numbered = not row.sessions.filter(number=None).exists()
        made = _half_days(row, half_days, is_numbered=is_numbered, at=at)
        _announce(row, made, at=at)
        return made


def repeat(cycle: Cycle, *, first_day: dt.date, by: User | None, at: dt.datetime) -> Cycle:
    """Make the next run of the module as a draft: the same half-days from `first_day` on, the same terms.

    Hours stay those of the wall clock. Registration opens and closes when somebody says so again.
    Raises PlanningError for a run without half-days, or one held elsewhere.
    """
    with journal.entry("run.repeat", cycle, by=by, at=at):
        row = Cycle.objects.select_related("module").get(pk=cycle.pk)
        if row.module is None:
            msg = f"cycle {row.slug} is no run"
            raise ValueError(msg)
        sessions = list(row.sessions.exclude(starts_at=None).order_by("starts_at", "pk"))
        if not sessions:
            raise PlanningError(_("This run has no half-day to repeat: open a new one instead."))
        moved_by = first_day - _day(sessions[0], row)
        trainers = SpeakerSlot.objects.filter(
            segment__session=sessions[0], person__isnull=False, state__in=SpeakerSlot.SPEAKING
        )
        return _opened(
            row.module,
            half_days=[_moved(session, row, moved_by) for session in sessions],
            terms=Terms(
                capacity=row.capacity,
                offer_hours=row.offer_hours,
                registration_mode=row.registration_mode,
                price=row.price,
                contact_email=row.contact_email,
                timezone=row.timezone,
            ),
            trainers=list(trainers.order_by("segment__order", "order").values_list("person", flat=True)),
            addresses=dict(trainers.exclude(contact_email="").values_list("person", "contact_email")),
            word=row.session_word,
            title=row.title,
            is_numbered=sessions[0].number is not None,
            at=at,
        )


def _day(session: Session, cycle: Cycle) -> dt.date:
    assert session.starts_at is not None  # noqa: S101 - only dated ones are repeated
    return session.starts_at.astimezone(cycle.zone).date()


def _moved(session: Session, cycle: Cycle, by: dt.timedelta) -> HalfDay:
    """Return a half-day some days later, at the same hours of the wall clock."""
    assert session.starts_at is not None  # noqa: S101 - only dated ones are repeated
    assert session.ends_at is not None  # noqa: S101 - likewise
    start = session.starts_at.astimezone(cycle.zone)
    length = session.ends_at - session.starts_at
    span = recurrence.local_span(
        start.date() + by,
        local_start=start.time().replace(tzinfo=None),
        minutes=int(length.total_seconds()) // 60,
        zone=cycle.timezone,
    )
    if session.is_all_day:
        span = recurrence.local_span(start.date() + by, local_start=None, minutes=None, zone=cycle.timezone)
    return HalfDay(
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        modality=session.modality,
        place=session.place,
        access=session.access,
        # A room is made for one date; the next one gets its own.
        room_url="",
        is_all_day=session.is_all_day,
    )


def _opened(
    module: Module,
    *,
    half_days: Sequence[HalfDay],
    terms: Terms,
    trainers: Collection[int],
    word: Words,
    title: Words,
    addresses: Mapping[int, str] | None = None,
    is_numbered: bool = True,
    at: dt.datetime,
) -> Cycle:
    if not half_days:
        raise PlanningError(_("Give the date and the hours of one half-day at least."))
    locked = _locked(module)
    cycle = Cycle.objects.create(
        **_identity(locked, at=at),
        title=title,
        session_word=word,
        **{name: getattr(terms, name) for name in terms.__dataclass_fields__},
    )
    made = _half_days(cycle, half_days, is_numbered=is_numbered, at=at)
    trainers_of_run.name(made, trainers, addresses=addresses or {}, at=at)
    calendar_revision.look([session.pk for session in made], at=at)
    _announce(cycle, made, at=at)
    return cycle


def _locked(module: Module) -> Module:
    """Return the module, held until the transaction ends: two who open a run get two numbers."""
    return Module.objects.select_for_update().get(pk=module.pk)


def _identity(module: Module, *, at: dt.datetime) -> dict[str, Any]:
    """Return what makes a cycle the next run of a module."""
    number = (module.runs.aggregate(Max("run_number"))["run_number__max"] or 0) + 1
    stem = f"{module.slug[:LONGEST_STEM]}-{number}"
    taken = set(Cycle.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = itertools.chain([stem], (f"{stem}-{again}" for again in itertools.count(2)))
    return {
        "slug": next(name for name in names if name not in taken),
        "kind": Cycle.Kind.RUN,
        "module": module,
        "run_number": number,
        "programme_id": module.programme_id,
        "revised_at": next_revised_at(None, at=at),
    }


def _half_days(
    cycle: Cycle, half_days: Sequence[HalfDay], *, is_numbered: bool, at: dt.datetime
) -> list[Session]:
    """Make half-days of a run, numbered after those there are; the one meeting of a workshop has no number."""
    listed = sorted(half_days, key=lambda each: each.starts_at)
    if len(listed) + cycle.sessions.count() > MOST_HALF_DAYS:
        raise PlanningError(
            _("That is too much for one run: keep it under %(limit)d half-days.") % {"limit": MOST_HALF_DAYS}
        )
    _check(cycle, listed, at=at)
    highest = cycle.sessions.aggregate(Max("number"))["number__max"] or 0
    taken = set(cycle.sessions.values_list("slug", flat=True))
    frame = cycle.module.legal_frame if cycle.module else Session.LegalFrame.INFORMATION
    made = []
    for number, each in enumerate(listed, start=highest + 1):
        slug = planning.free_slug(cycle, number, taken=taken)
        taken.add(slug)
        made.append(
            Session.objects.create(
                cycle=cycle,
                slug=slug,
                number=number if is_numbered else None,
                title=cycle.title,
                status=Session.Status.CONFIRMED,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                is_all_day=each.is_all_day,
                modality=each.modality,
                place=each.place,
                access=each.access,
                room_url=each.room_url,
                legal_frame=frame,
                created_at=at,
                revised_at=next_revised_at(None, at=at),
            )
        )
    return made


def _check(cycle: Cycle, listed: Sequence[HalfDay], *, at: dt.datetime) -> None:
    """Refuse hours that cannot be. What is past may be written down while a run is a draft: it was held on paper."""
    for each in listed:
        if each.ends_at <= each.starts_at:
            raise PlanningError(_("A half-day ends after it starts: check the date and the hours."))
        if each.ends_at - each.starts_at > LONGEST_SESSION and not each.is_all_day:
            raise PlanningError(
                _("A half-day lasts %(length)s at most: check the date and the hours.")
                % {"length": periods.in_words(LONGEST_SESSION)}
            )
        if each.starts_at <= at and cycle.status != Cycle.Status.DRAFT:
            raise PlanningError(_("That moment is in the past: choose a later one."))
    there = cycle.sessions.held().exclude(starts_at=None).values_list("starts_at", "ends_at")
    spans = sorted([*there, *((each.starts_at, each.ends_at) for each in listed)])
    for before, after in itertools.pairwise(spans):
        if before[1] is not None and after[0] is not None and after[0] < before[1]:
            raise PlanningError(
                _("Two half-days of this run overlap: nobody can be at both. Check their hours.")
            )


def _announce(cycle: Cycle, made: Sequence[Session], *, at: dt.datetime) -> None:
    if made:
        content_version.touch()
        SessionsAdded(cycle=cycle, session_ids=[s.pk for s in made], at=at).send()


def _in_order(facts: Elsewhere) -> None:
    if facts.first_date and facts.last_date and facts.last_date < facts.first_date:
        raise PlanningError(_("The run ends before it begins: exchange the two dates."))
