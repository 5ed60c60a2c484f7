"""Every constraint of the planned world, tried against the database itself: no form or verb stands in the way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cycles.models import (
    ContentVersion,
    Cycle,
    CycleException,
    Event,
    ExternalDatabase,
    FeedFetch,
    ImportedEvent,
    Membership,
    Module,
    News,
    NewsLink,
    Objective,
    Partnership,
    Person,
    Picture,
    Resource,
    ResourceFile,
    ResourceSeries,
    Segment,
    Session,
    SessionChange,
    SpeakerSlot,
    Track,
    Workshop,
)
from cycles.models.cycle import validate_zone
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 10, 22)
TITLE = {"fr": "Titre"}


def refused(write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def update(row: models.Model, **fields: Any) -> Callable[[], object]:
    """Write columns without any validation."""
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**fields)


def twice(model: type[models.Model], **fields: Any) -> Callable[[], object]:
    """Store one row, and return the storing of the same again."""
    model._default_manager.create(**fields)
    return lambda: model._default_manager.create(**fields)


def _segment() -> Segment:
    return Segment.objects.create(session=make.session(), order=1)


def _news() -> News:
    return News.objects.create(slug="post", kind=News.Kind.RECAP, title=TITLE)


def _module() -> Module:
    return Module.objects.create(slug="module", title=TITLE)


def _fuzzy(model: type[models.Model], **fields: Any) -> list[Callable[[], object]]:
    row = model._default_manager.create(slug="x", **fields)
    return [
        update(row, date_precision="day", date_from=None),
        update(row, date_precision="unknown", date_from=DAY),
        update(row, date_precision="day", date_from=DAY, date_until=DAY),
        update(row, date_precision="between", date_from=DAY),
        update(row, date_precision="between", date_from=DAY, date_until=DAY - dt.timedelta(days=1)),
        update(row, date_precision="between", date_until=DAY),
        update(row, date_precision="fortnight", date_from=DAY),
    ]


def _rule() -> list[Callable[[], object]]:
    row = make.cycle()
    none: dict[str, Any] = {"nth": None, "weekday": None, "month_day": None}
    return [
        update(row, nth=None),
        update(row, nth=0),
        update(row, nth=6),
        update(row, nth=-2),
        update(row, weekday=7),
        update(row, weekday=None),
        update(row, month_day=15),
        update(row, first_date=None),
        update(row, last_date=None),
        update(row, frequency=""),
        update(row, frequency="yearly"),
        update(row, **{**none, "frequency": "monthly_day"}),
        update(row, **{**none, "frequency": "monthly_day", "month_day": 0}),
        update(row, **{**none, "frequency": "monthly_day", "month_day": 32}),
        update(row, **{**none, "frequency": "weekly"}),
        update(row, frequency="daily"),
    ]


def _hours() -> list[Callable[[], object]]:
    row = make.cycle()
    return [
        update(row, minutes=None),
        update(row, local_start=None),
        update(row, minutes=0),
        update(row, minutes=1441),
    ]


def _ends_after_start() -> list[Callable[[], object]]:
    row = make.session()
    return [
        update(row, ends_at=row.starts_at),
        update(row, ends_at=make.paris(2026, 11, 19, 12)),
        update(row, ends_at=None),
        update(row, starts_at=None, status="postponed"),
    ]


def _dated() -> list[Callable[[], object]]:
    row = make.session()
    return [
        update(row, status=status, starts_at=None, ends_at=None)
        for status in ("tentative", "confirmed", "cancelled")
    ]


def _news_targets() -> list[Callable[[], object]]:
    news, cycle = _news(), make.cycle()
    event = Event.objects.create(slug="event", title=TITLE)
    return [
        lambda: NewsLink.objects.create(news=news, relation="about"),
        lambda: NewsLink.objects.create(news=news, relation="about", cycle=cycle, event=event),
    ]


def _session_twice(**same: Any) -> list[Callable[[], object]]:
    cycle = make.cycle()
    make.session(cycle=cycle, **same)
    return [lambda: make.session(cycle=cycle, **same)]


def _partnerships() -> list[Callable[[], object]]:
    programme, organisation = make.programme(), make.organisation()
    Partnership.objects.create(programme=programme, organisation=organisation, order=1)
    return [lambda: Partnership.objects.create(programme=programme, organisation=organisation, order=2)]


def _partnership_orders() -> list[Callable[[], object]]:
    programme = make.programme()
    Partnership.objects.create(programme=programme, organisation=make.organisation(), order=1)
    return [
        lambda: Partnership.objects.create(programme=programme, organisation=make.organisation(), order=1)
    ]


def _window() -> list[Callable[[], object]]:
    row = make.cycle(registration_opens_at=make.AT)
    return [update(row, registration_closes_at=make.AT)]


def _invitations() -> list[Callable[[], object]]:
    first = make.invitation(email="claire@example.org")
    return [lambda: make.invitation(programme=first.programme, email="CLAIRE@example.org")]


def _memberships() -> list[Callable[[], object]]:
    first = make.membership()
    return [
        lambda: Membership.objects.create(programme=first.programme, user=first.user, role="reader"),
    ]


PICTURE: dict[str, Any] = {"digest": "0" * 64, "width": 1, "height": 1, "small_width": 1}
ATTEMPTS: dict[str, Callable[[], list[Callable[[], object]]]] = {
    "content_version_single_row": lambda: [lambda: ContentVersion.objects.create(pk=2, changed_at=make.AT)],
    "cycle_capacity_positive": lambda: [update(make.cycle(), capacity=0)],
    "cycle_exception_once_a_date": lambda: [
        twice(CycleException, cycle=make.cycle(), planned_date=DAY, kind="skipped")
    ],
    "cycle_hours_or_whole_days": _hours,
    "cycle_interval_positive": lambda: [update(make.cycle(), interval=0)],
    "cycle_offer_hours": lambda: [
        update(make.cycle(), offer_hours=0),
        update(make.cycle(), offer_hours=10_000),
    ],
    "cycle_period_in_order": lambda: [update(make.cycle(), last_date=dt.date(2026, 9, 30))],
    "cycle_planned_positive": lambda: [update(make.cycle(), planned_count=0)],
    "cycle_registration_window": _window,
    "cycle_run_number_once": lambda: [
        update(make.run(module=(module := _module())), run_number=make.run(module=module).run_number)
    ],
    "cycle_run_of_a_module": lambda: [
        update(make.run(), module=None),
        update(make.run(), run_number=None),
        update(make.run(), run_number=0),
        update(make.run(), kind="webinar"),
        update(make.cycle(), kind="run"),
        update(make.cycle(), run_number=1),
    ],
    "cycle_rule_complete": _rule,
    "cycles_event_fuzzy_date": lambda: _fuzzy(Event, title=TITLE),
    "cycles_externaldatabase_fuzzy_date": lambda: _fuzzy(ExternalDatabase, name="Base"),
    "cycles_news_fuzzy_date": lambda: _fuzzy(News, kind="recap"),
    "cycles_person_named_or_role": lambda: [update(make.person(), given_name="", family_name="", role="")],
    "cycles_resource_fuzzy_date": lambda: _fuzzy(Resource, kind="guide", title=TITLE),
    "cycles_workshop_fuzzy_date": lambda: _fuzzy(Workshop, title=TITLE),
    "invitation_ends_later": lambda: [update(make.invitation(), expires_at=make.AT - dt.timedelta(days=400))],
    "invitation_once": _invitations,
    "membership_known_role": lambda: [update(make.membership(), role="king")],
    "membership_once": _memberships,
    "news_link_one_target": _news_targets,
    "news_link_order_once": lambda: [
        twice(NewsLink, news=_news(), relation="about", order=1, cycle=make.cycle())
    ],
    "objective_order_once": lambda: [twice(Objective, programme=make.programme(), order=1, text=TITLE)],
    "partnership_once": _partnerships,
    "partnership_order_once": _partnership_orders,
    "resource_issue_once": lambda: [
        update(
            Resource.objects.create(slug="b", kind="guide", title=TITLE, issue=8),
            series=Resource.objects.create(
                slug="a",
                kind="guide",
                title=TITLE,
                issue=8,
                series=ResourceSeries.objects.create(slug="serie", title=TITLE),
            ).series,
        )
    ],
    "resource_file_not_empty": lambda: [
        lambda: ResourceFile.objects.create(
            resource=Resource.objects.create(slug="a", kind="guide", title=TITLE),
            digest="0" * 64,
            ending="pdf",
            name="a.pdf",
            size=0,
            added_at=make.AT,
        )
    ],
    "feed_fetch_once_a_family_and_day": lambda: [
        twice(FeedFetch, address="/fr/calendar.ics", family="google", day=DAY, last_at=make.AT)
    ],
    "picture_of_one_thing": lambda: [
        lambda: Picture.objects.create(**PICTURE),
        lambda: Picture.objects.create(**PICTURE, session=make.session(), cycle=make.cycle()),
        lambda: Picture.objects.create(
            **PICTURE, programme=make.programme(), organisation=make.organisation()
        ),
    ],
    "segment_order_once": lambda: [twice(Segment, session=make.session(), order=1)],
    "session_capacity_positive": lambda: [update(make.session(), capacity=0)],
    "session_change_once_a_revision": lambda: [
        twice(SessionChange, session=make.session(), revision=1, kind="moved", at=make.AT)
    ],
    "session_dated_unless_postponed": _dated,
    "session_ends_after_start": _ends_after_start,
    "imported_event_once": lambda: [
        twice(ImportedEvent, session=make.session(), uid="a", starts_at=make.AT, seen_at=make.AT)
    ],
    "session_modality_known": lambda: [update(make.session(), modality="unknown")],
    "session_number_once_a_cycle": lambda: _session_twice(number=1),
    "session_room_kind_known": lambda: [update(make.session(), room_kind="carrier-pigeon")],
    "session_once_a_planned_date": lambda: _session_twice(planned_date=DAY),
    "session_slug_once_a_cycle": lambda: _session_twice(slug="escale-01"),
    "speaker_slot_order_once": lambda: [
        twice(SpeakerSlot, segment=_segment(), order=1, organisation=make.organisation())
    ],
    "speaker_slot_someone": lambda: [lambda: SpeakerSlot.objects.create(segment=_segment(), order=1)],
    "track_once": lambda: [twice(Track, cycle=make.cycle(), slug="recherche", name=TITLE)],
}


def test_every_constraint_is_tried_here() -> None:
    result = {
        constraint.name
        for model in apps.get_app_config("cycles").get_models()
        for constraint in model._meta.constraints
    }
    assert result == set(ATTEMPTS)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_the_database_holds(name: str) -> None:
    for attempt in ATTEMPTS[name]():
        refused(attempt)


def test_a_role_without_a_name_is_someone() -> None:
    office = Person.objects.create(slug="office", role={"fr": "Présidence de la République"})
    office.refresh_from_db()
    assert str(office) == "Présidence de la République"


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [
        ("unknown", None, None),
        ("day", DAY, None),
        ("month", DAY, None),
        ("year", DAY, None),
        ("between", DAY, DAY),
    ],
)
def test_dates_as_well_as_they_are_known_are_stored(
    precision: str, first: dt.date | None, last: dt.date | None
) -> None:
    event = Event.objects.create(
        slug="x", title=TITLE, date_precision=precision, date_from=first, date_until=last
    )
    event.full_clean()


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "UTC"])
def test_zones_that_exist_are_taken(zone: str) -> None:
    validate_zone(zone)


@pytest.mark.parametrize("zone", ["", "Paris", "Europe/Atlantis", "../etc/passwd"])
def test_zones_that_do_not_exist_are_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        validate_zone(zone)


# what a session knows about itself


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (make.paris(2026, 11, 19, 12, 59), "confirmed"),
        (make.paris(2026, 11, 19, 13, 0), "live"),
        (make.paris(2026, 11, 19, 14, 29), "live"),
        (make.paris(2026, 11, 19, 14, 30), "done"),
    ],
)
def test_the_phase_follows_the_clock(at: dt.datetime, phase: str) -> None:
    assert make.session().phase(at=at) == phase


@pytest.mark.parametrize("status", ["draft", "postponed", "cancelled"])
def test_the_clock_does_not_change_what_is_not_held(status: str) -> None:
    assert make.session(status=status).phase(at=make.paris(2027, 1, 1)) == status


def test_named_questions() -> None:
    cycle = make.cycle()
    past = make.session(cycle=cycle, number=1, starts_at=make.paris(2026, 10, 22))
    live = make.session(cycle=cycle, number=2)
    later = make.session(cycle=cycle, number=3, starts_at=make.paris(2026, 12, 17), status="tentative")
    make.session(cycle=cycle, number=4, starts_at=make.paris(2027, 1, 21), status="cancelled")
    draft = make.session(cycle=cycle, starts_at=make.paris(2027, 2, 18), status="draft")
    make.session(cycle=make.cycle(status=Cycle.Status.DRAFT), starts_at=make.paris(2026, 12, 1))
    at = make.paris(2026, 11, 19, 14)
    ours = Session.objects.filter(cycle=cycle)
    assert list(ours.past(at=at)) == [past]
    assert list(ours.upcoming(at=at)) == [live, later]
    assert draft not in ours.published()
    assert ours.published().count() == 4
    assert Session.objects.published().count() == 4
    assert list(ours.in_order())[-1] == draft
    assert list(Cycle.objects.published()) == [cycle]
    assert list(Cycle.objects.registrable()) == [cycle]
