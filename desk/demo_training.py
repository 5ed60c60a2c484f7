"""The training half of the demonstration: a run to come, a full one, a workshop without an hour, a course elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from i18nfield.strings import LazyI18nString

from cycles import runs
from cycles.content import editing
from cycles.models import Cycle, Module, Person, Session, Workshop

from . import demo_programme_sheet
from .demo_finished_run import TRAINER, deleted, name_trainer

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULE = "lire-une-riviere"
ELSEWHERE = "demo-cours-en-ligne"
WORKSHOP = "demo-atelier-sans-heure"
PARIS = ZoneInfo("Europe/Paris")
PLACE = LazyI18nString({"fr": "Maison des Rives, 3 quai du Gué", "en": "Maison des Rives, 3 quai du Gué"})
ACCESS = LazyI18nString(
    {
        "fr": "Bus 7, arrêt Gué. Entrée de plain-pied, ascenseur à gauche.",
        "en": "Bus 7, Gué stop. Step-free entrance, lift on the left.",
    }
)
PRICE = LazyI18nString(
    {"fr": "120 € ; gratuit pour les bénévoles".replace(" ;", "\u202f;"), "en": "€120; free for volunteers"}
)
PLACES_TO_COME, PLACES_FULL = 12, 3


def load(*, at: dt.datetime) -> tuple[Cycle, Cycle]:
    """Make it; return the run to come and the one that is to be filled."""
    module = Module.objects.get(slug=MODULE)
    demo_programme_sheet.publish(module, at=at)
    coming = _run(module, day=_day(at, 40), places=PLACES_TO_COME, at=at)
    full = _run(module, day=_day(at, 20), places=PLACES_FULL, at=at)
    Workshop.objects.create(
        slug=WORKSHOP,
        module=module,
        title={
            "fr": "Atelier : dessiner la berge".replace(" :", "\u202f:"),
            "en": "Workshop: drawing the bank",
        },
        date_from=_day(at, 60),
        date_precision="day",
    )
    elsewhere = Module.objects.create(
        slug=ELSEWHERE,
        programme=module.programme,
        kind=Module.Kind.MOOC,
        status=Module.Status.OPEN,
        title={"fr": "Les rivières en ligne", "en": "Rivers online"},
        summary={"fr": "Un cours en ligne de six semaines.", "en": "An online course of six weeks."},
        is_external=True,
        url="https://cours.example.org/rivieres",
    )
    facts = runs.Elsewhere(first_date=_day(at, 15), last_date=_day(at, 57), url=elsewhere.url)
    course = runs.announce_elsewhere(elsewhere, facts=facts, by=None, at=at)
    for cycle in (coming, full, course):
        editing.publish(cycle, by=None, at=at)
        cycle.refresh_from_db()
    return coming, full


def remove() -> Counter[str]:
    """Take away what `load` made, once nobody is registered for it; return how many by section."""
    modules = Module.objects.filter(slug__in=(MODULE, ELSEWHERE))
    of_modules = Cycle.objects.runs().filter(module__in=modules)
    return Counter(
        sessions=deleted(Session.objects.filter(cycle__in=of_modules)),
        runs=deleted(of_modules),
        workshops=deleted(Workshop.objects.filter(slug=WORKSHOP)),
        modules=deleted(Module.objects.filter(slug=ELSEWHERE)),
    )


def _run(module: Module, *, day: dt.date, places: int, at: dt.datetime) -> Cycle:
    half_days: Sequence[runs.HalfDay] = [
        runs.HalfDay(starts_at=_moment(day, *starts), ends_at=_moment(day, *ends), place=PLACE, access=ACCESS)
        for starts, ends in (((9, 0), (12, 30)), ((14, 0), (17, 30)))
    ]
    terms = runs.Terms(capacity=places, price=PRICE, contact_email="formation@example.org")
    trainers = list(Person.objects.filter(slug=TRAINER).values_list("pk", flat=True))
    cycle = runs.open_run(module, half_days=half_days, terms=terms, trainers=trainers, by=None, at=at)
    name_trainer(cycle)
    return cycle


def _day(at: dt.datetime, days: int) -> dt.date:
    """Return a working day so many days away, or the next one."""
    day = at.astimezone(PARIS).date() + dt.timedelta(days=days)
    return day + dt.timedelta(days=max(7 - day.isoweekday(), 0) + 1) if day.isoweekday() > 5 else day  # noqa: PLR2004 - Saturday


def _moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), PARIS).astimezone(dt.UTC)
