"""Every stored field of a programme is shown on some public page or in a calendar, or stands below with a reason."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from i18nfield.fields import I18nCharField, I18nTextField

from cycles.calendars import fragments
from cycles.imports.programme import import_programme
from cycles.models import (
    Cycle,
    CycleException,
    Event,
    ExternalDatabase,
    Module,
    News,
    NewsLink,
    Objective,
    Organisation,
    Partnership,
    Person,
    Programme,
    Resource,
    ResourceSeries,
    Segment,
    Session,
    SpeakerSlot,
    Territory,
    Topic,
    Track,
    Workshop,
)
from cycles.models.library.news import NEWS_TARGETS
from cycles.site.page_cache import snapshots
from tests import make
from tests.cycles.imports.programme.files import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

# What a page says of its rows is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
CYCLE = "/fr/cycles/reconnaissance-2020-2021/"
FIRST, NEXT = f"{CYCLE}escale-01/", f"{CYCLE}escale-03/"
FEED = "/fr/cycles/reconnaissance-2020-2021.ics"
MODULE = "/fr/modules/module-mse-aff-rameau/"
MARK = "Repère"
# For each model one row of the seed, and the pages on which what it says may stand.
ROWS: dict[type[models.Model], tuple[dict[str, Any], tuple[str, ...]]] = {
    Topic: ({"slug": "richesses-humaines"}, ("/fr/topics/richesses-humaines/",)),
    Territory: ({"slug": "pays-de-la-loire"}, (FIRST,)),
    Organisation: ({"slug": "le-rameau"}, ("/fr/organisations/le-rameau/",)),
    Person: ({"slug": "stephane-rozes"}, ("/fr/speakers/stephane-rozes/",)),
    Programme: ({"slug": "reconnaissance-mse"}, ("/fr/programmes/reconnaissance-mse/", NEXT)),
    Objective: ({"order": 1}, ("/fr/programmes/reconnaissance-mse/",)),
    Partnership: ({"order": 2}, ("/fr/programmes/reconnaissance-mse/",)),
    Cycle: (
        {"slug": "reconnaissance-2020-2021"},
        (CYCLE, NEXT, FEED, "/fr/calendar.ics", f"{CYCLE}escale-03.ics"),
    ),
    CycleException: ({"kind": "skipped"}, (CYCLE,)),
    Track: ({"slug": "terrain"}, ("/fr/cycles/21-jours-pour-convaincre-2019/",)),
    Session: ({"slug": "escale-03"}, (NEXT, CYCLE, FEED)),
    Segment: ({"session__slug": "escale-01", "order": 2}, (FIRST,)),
    SpeakerSlot: ({"segment__session__slug": "escale-01", "segment__order": 1}, (FIRST,)),
    Event: ({"slug": "convergences-2019"}, ("/fr/events/convergences-2019/",)),
    Module: ({"slug": "module-mse-aff-rameau"}, (MODULE, "/fr/programmes/reconnaissance-mse/")),
    Workshop: ({"slug": "atelier-2020-10-06"}, (MODULE,)),
    ResourceSeries: ({"slug": "juris-mse"}, ("/fr/resources/series/juris-mse/",)),
    Resource: (
        {"slug": "juris-dossier-2020"},
        ("/fr/resources/juris-dossier-2020/", "/fr/programmes/reconnaissance-mse/"),
    ),
    ExternalDatabase: ({"slug": "yesasso"}, ("/fr/resources/",)),
    News: ({"slug": "recap-escale-01"}, ("/fr/news/recap-escale-01/", "/fr/news/", CYCLE)),
    NewsLink: ({"news__slug": "regards-odd", "relation": "about"}, ("/fr/news/regards-odd/",)),
}
ADDRESS = "it is the address of the page itself"
ORGANISERS = "for organisers: where a fact comes from, and what they noted of it"
INNER = "nobody reads it: it serves comparing, searching or sending"
ROOM = "the room is never public: people join through a link of their own"
CONTACT = "whom organisers write to is never public"
MAIL = "in whose name mails speak: it is read in the mails"
OF_RUNS = "of training runs only; their pages are tested with them"
NOT_SHOWN: dict[tuple[type[models.Model] | None, str], str] = {
    **{(None, name): ORGANISERS for name in ("certainty", "source", "note")},
    **{
        (None, name): INNER
        for name in (
            "id",
            "search_title",
            "search_page",
            "search_word",
            "revised_at",
            "created_at",
            "shown_at",
            "shown_digest",
        )
    },
    (None, "slug"): ADDRESS,
    (Programme, "sender_name"): MAIL,
    (Cycle, "sender_name"): MAIL,
    (Programme, "short_title"): "it stands where there is little room: on documents and in the desk",
    (Cycle, "demo_shift_years"): "the banner says it in words",
    (
        Cycle,
        "frequency",
    ): "read in the words of the rhythm, with its rank and weekday, which no other frequency has both",
    (Workshop, "module"): "it decides on the page of which module the workshop stands",
    (Cycle, "offer_hours"): "it is told to whom a place is offered",
    (Cycle, "module"): OF_RUNS,
    (Cycle, "run_number"): OF_RUNS,
    (Cycle, "month_day"): "of another rhythm than this one's; it is read in the words of the rhythm",
    (
        CycleException,
        "moved_to",
    ): "the date of the session says it; this one waits for a session that does not exist yet",
    (CycleException, "cycle"): "it is the cycle on whose page it stands",
    (Session, "status_before_cancel"): INNER,
    (Session, "status_before_postponing"): INNER,
    (Session, "is_replay_held"): "it hides what a speaker does not agree to; tested with the speakers",
    (Session, "legal_frame"): "it decides which documents there are; the page of the module says it",
    **{
        (Session, name): ROOM
        for name in ("room_kind", "room_name", "room_url", "room_host_url", "room_opens_minutes")
    },
    **{(SpeakerSlot, name): CONTACT for name in ("contact_name", "contact_email", "contact_language")},
    (Territory, "kind"): "a word of the importing file; the name says what it is",
    (Workshop, "kind"): "a word of the importing file; the title says what it is",
    (Workshop, "starts_at"): "shown by the run that opens the workshop, once people can register",
    (Workshop, "run"): "the workshop leads to the page of its run; tested with the runs",
    (News, "created_at"): INNER,
}
BETWEEN = {"date_precision": "between", "date_until": dt.date(2031, 1, 1)}
EXACT = {"date_precision": "day", "date_until": None}
# What must be so for a field to mean anything.
GIVEN: dict[tuple[type[models.Model], str], dict[str, Any]] = {
    (Session, "place"): {"modality": "on_site"},
    (Session, "access"): {"modality": "on_site"},
    (Session, "cancel_reason"): {"status": "cancelled"},
    (Session, "replay_url"): {"starts_at": AT - dt.timedelta(days=3), "ends_at": AT - dt.timedelta(days=2)},
    (Session, "title"): {"has_theme": True},
    **{(model, "date_until"): BETWEEN for model in (Event, Workshop, Resource)},
    **{(model, "date_precision"): EXACT for model in (ExternalDatabase, News)},
    (News, "position"): {"date_precision": "unknown", "date_from": None, "date_until": None},
    (NewsLink, "relation"): {"order": 9},
    (Module, "url"): {"is_external": True},
    (Resource, "is_downloadable"): {"url": "https://docs.example.org/8"},
    (Workshop, "place"): {"modality": "on_site"},
    (Cycle, "external_url"): {"is_external": True},
}
DAY = dt.date(2031, 3, 17)
MOMENT = dt.datetime(2031, 3, 17, 10, 0, tzinfo=dt.UTC)
# Where any other value would not do.
VALUES: dict[tuple[type[models.Model], str], Any] = {
    (Cycle, "nth"): 2,
    (Cycle, "weekday"): 1,
    (Cycle, "minutes"): 45,
    (Cycle, "local_start"): dt.time(9, 15),
    (Cycle, "first_date"): dt.date(2025, 1, 1),
    (Cycle, "registration_opens_at"): MOMENT,
    (Cycle, "registration_closes_at"): AT - dt.timedelta(days=1),
    (Cycle, "timezone"): "Indian/Reunion",
    (Session, "starts_at"): dt.datetime(2026, 12, 16, 10, 0, tzinfo=dt.UTC),
    (Session, "ends_at"): dt.datetime(2026, 12, 17, 20, 0, tzinfo=dt.UTC),
    (Session, "uid"): "00000000-0000-4000-8000-000000000001",
    (Event, "date_precision"): "month",
    (Workshop, "date_precision"): "month",
    (Resource, "date_precision"): "month",
    (ExternalDatabase, "date_from"): dt.date(2019, 1, 1),
    (ExternalDatabase, "date_precision"): "month",
    (News, "date_from"): dt.date(2026, 10, 1),
    (News, "date_precision"): "month",
    (ResourceSeries, "known_issues"): [6, 8, 77],
    (ResourceSeries, "implied_issues"): [1, 2, 78],
    (NewsLink, "order"): 30,
    (NewsLink, "relation"): "announces",
}


@pytest.fixture(autouse=True)
def _seed() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        import_programme(PROGRAMME, at=AT, shift_months=72)
        yield
    snapshots.store.clear()


def read(client: Client, paths: tuple[str, ...]) -> list[str]:
    """Return pages as they are built now; one that is gone is empty."""
    snapshots.store.clear()
    # Events are kept by `shown_at`, which a bare `update` does not raise.
    fragments._store.clear()
    answers = [client.get(path) for path in paths]
    return [
        answer.content.decode().replace("\r\n ", "") if answer.status_code == 200 else ""
        for answer in answers
    ]


def fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the stored fields that must be shown."""
    every = [*model._meta.concrete_fields, *model._meta.many_to_many]
    parents = (
        {"programme", "cycle", "session", "segment", "news"}
        if model in (Objective, Partnership, Track, Segment, SpeakerSlot, Session, NewsLink)
        else set()
    )
    return [
        f for f in every if not {(None, f.name), (model, f.name)} & set(NOT_SHOWN) and f.name not in parents
    ]


# By the first class that a field is of: another value than the old one, with a mark where that is a text.
OTHER_VALUES: dict[type[models.Field[Any, Any]], Callable[[Any, str], Any]] = {
    I18nCharField: lambda _old, mark: {"fr": mark, "en": mark},
    I18nTextField: lambda _old, mark: {"fr": mark, "en": mark},
    models.URLField: lambda _old, mark: f"https://{mark.removeprefix(MARK)[1:]}.example.org/repere",
    models.EmailField: lambda _old, _mark: "repere@example.org",
    models.JSONField: lambda _old, mark: [mark],
    models.BooleanField: lambda old, _mark: not old,
    models.CharField: lambda _old, mark: mark,
    models.TextField: lambda _old, mark: mark,
    models.DateTimeField: lambda _old, _mark: MOMENT,
    models.DateField: lambda _old, _mark: DAY,
    models.IntegerField: lambda _old, _mark: 77,
}


def another(row: models.Model, field: models.Field[Any, Any]) -> Any:
    """Return another value of a field, a mark of its own where it is a text."""
    model, old = type(row), getattr(row, field.name) if not field.many_to_many else None
    mark = f"{MARK}-{field.name.replace('_', '-')}"
    if (model, field.name) in VALUES:
        return VALUES[model, field.name]
    if field.is_relation:
        return related(field.related_model, mark)
    if field.choices:
        return next(value for value, _label in field.choices if value not in (old, ""))
    kind = next(kind for kind in OTHER_VALUES if isinstance(field, kind))
    return OTHER_VALUES[kind](old, mark)


def related(model: Any, mark: str) -> models.Model:
    """Return a new row that is called by the mark."""
    title = {"fr": mark, "en": mark}
    builders: dict[str, Any] = {
        "Organisation": lambda: make.organisation(name=mark),
        "Person": lambda: make.person(given_name=mark, family_name="X"),
        "Topic": lambda: make.topic(name=title),
        "Territory": lambda: Territory.objects.create(slug="repere", name=title),
        "Programme": lambda: make.programme(title=title),
        "Cycle": lambda: make.cycle(title=title),
        "Module": lambda: make.module(title=title),
        "Event": lambda: Event.objects.create(slug="repere", title=title),
        "Track": lambda: Track.objects.create(
            cycle=Cycle.objects.get(slug="reconnaissance-2020-2021"), slug="repere", name=title
        ),
        "Session": lambda: make.session(cycle=make.cycle(), title=title),
        "ResourceSeries": lambda: ResourceSeries.objects.create(slug="repere", title=title),
        "Resource": lambda: Resource.objects.create(slug="repere", kind="note", title=title),
        "ExternalDatabase": lambda: ExternalDatabase.objects.create(slug="repere", name=mark),
        "Workshop": lambda: Workshop.objects.create(slug="repere", title=title),
    }
    row: models.Model = builders[model.__name__]()
    return row


def is_shown(
    client: Client, row: models.Model, field: models.Field[Any, Any], paths: tuple[str, ...]
) -> bool:
    """Tell whether another value of a field changes a page; a text must stand there itself."""
    model = type(row)
    rows = model._default_manager.filter(pk=row.pk)
    if given := GIVEN.get((model, field.name)):
        rows.update(**given)
        row.refresh_from_db()
    before = read(client, paths)
    value = another(row, field)
    if field.many_to_many:
        getattr(row, field.name).add(value)
    elif model is NewsLink and field.is_relation:
        rows.update(**(dict.fromkeys(NEWS_TARGETS) | {field.name: value}))
    else:
        rows.update(**{field.name: value})
    after = read(client, paths)
    is_text = field.is_relation or (
        isinstance(field, models.CharField | models.TextField) and not field.choices
    )
    if is_text and (model, field.name) not in VALUES:
        mark = "repere@" if isinstance(field, models.EmailField) else MARK
        mark = f"{field.name.replace('_', '-')}.example.org" if isinstance(field, models.URLField) else mark
        return any(mark in page for page in after) and not any(mark in page for page in before)
    return before != after


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_every_stored_field_is_shown(client: Client, model: type[models.Model]) -> None:
    where, paths = ROWS[model]
    missing = []
    for field in fields(model):
        with transaction.atomic():
            row = model._default_manager.filter(**where).order_by("pk")[0]
            if not is_shown(client, row, field, paths):
                missing.append(field.name)
            transaction.set_rollback(True)
    assert missing == []


def test_no_model_of_a_programme_is_forgotten() -> None:
    written_here = {
        "CatalogueVersion", "ContentVersion", "FeedDay", "FeedFetch", "ImportedEvent", "Invitation", "Membership",
        "Picture", "ResourceFile", "SessionChange",
    }  # fmt: skip
    models_here = {model.__name__ for model in apps.get_app_config("cycles").get_models()}
    assert models_here - {model.__name__ for model in ROWS} <= written_here


def test_each_reason_is_about_a_field_that_exists() -> None:
    names = {(model, field.name) for model in ROWS for field in model._meta.get_fields()}
    unknown = [key for key in NOT_SHOWN if key[0] is not None and key not in names]
    assert unknown == []
