"""Holidays: the clashes of the rule, the places that differ, school zones."""

from __future__ import annotations

import datetime as dt

import pytest

from cycles.schedule.public_holidays import Closure, closures


def said(date: str, *, language: str = "fr") -> list[tuple[str, str, tuple[str, ...]]]:
    return [(c.kind, c.name, c.places) for c in closures(dt.date.fromisoformat(date), language=language)]


def test_ascension_and_assumption() -> None:
    assert said("2020-05-21") == [("public", "Ascension", ()), ("school", "Pont de l'Ascension", ())]
    assert said("2024-08-15", language="en") == [
        ("public", "Assumption Day", ()),
        ("school", "Summer Break", ()),
    ]


def test_a_day_like_any_other() -> None:
    assert closures(dt.date(2021, 3, 18), language="fr") == ()


@pytest.mark.parametrize(
    ("date", "name", "places"),
    [
        ("2025-12-26", "Saint-Étienne", ("Alsace et Moselle",)),
        ("2026-05-27", "Abolition de l'esclavage", ("Guadeloupe",)),
        ("2026-05-22", "Abolition de l'esclavage", ("Martinique",)),
        ("2026-06-10", "Abolition de l'esclavage", ("Guyane",)),
        ("2026-12-20", "Abolition de l'esclavage", ("La Réunion",)),
        ("2026-04-27", "Abolition de l'esclavage", ("Mayotte",)),
        ("2026-09-24", "Fête de la Citoyenneté", ("Nouvelle-Calédonie",)),
        ("2026-07-21", "Fête de Victor Schoelcher", ("Guadeloupe", "Martinique", "Saint-Martin")),
        ("2026-04-03", "Vendredi saint", ("Alsace et Moselle", "Guadeloupe", "Polynésie française")),
    ],
)
def test_days_off_in_some_places_only(date: str, name: str, places: tuple[str, ...]) -> None:
    assert [found for found in said(date) if found[0] == "public"] == [("public", name, places)]


def test_school_holidays_by_zone() -> None:
    """18 February 2021 and 15 April 2021, two dates of the journey; mid-February 2027 as the demo has it."""
    assert said("2021-02-18") == [("school", "Vacances d'hiver", ("zone A", "zone C"))]
    assert said("2021-04-15", language="en") == [("school", "Spring Break", ())]
    assert said("2027-02-18") == [("school", "Vacances d'hiver", ("zone A", "zone C"))]


def test_a_closure_is_a_plain_value() -> None:
    assert closures(dt.date(2020, 7, 14), language="en") == (
        Closure(date=dt.date(2020, 7, 14), kind="public", name="National Day", places=()),
        Closure(date=dt.date(2020, 7, 14), kind="school", name="Summer Break", places=()),
    )
