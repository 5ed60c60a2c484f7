"""Dates stand in words in both languages: nobody has to guess which number is the month."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from tests import make

if TYPE_CHECKING:
    from django.test import Client

TEMPLATES = Path(__file__).parents[3] / "templates"
# What remains is for machines: ISO dates in attributes, values and names.
FOR_MACHINES = {"c", "Y-m-d", "Ymd"}
IN_NUMBERS = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b")


def test_no_template_formats_a_date_for_a_reader_by_itself() -> None:
    found = {
        (path.relative_to(TEMPLATES).as_posix(), match)
        for path in TEMPLATES.rglob("*.*")
        for match in re.findall(r'\|date:"([^"]*)"', path.read_text(encoding="utf-8"))
        if match not in FOR_MACHINES
    }
    assert found == set()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Sat 28 Nov 2026; Sat 28 Nov 2026, 00:30; 28 November 2026; "),
        ("fr", "sam. 28 nov. 2026; sam. 28 nov. 2026, 0\u202fh\u202f30; 28 novembre 2026; "),
    ],
)
def test_a_moment_is_said_in_the_zone_of_the_page(language: str, words: str) -> None:
    template = Template(
        "{% load escale %}{{ at|short_day }}; {{ at|short_moment }}; {{ at|date_of }}; {{ none|short_day }}"
    )
    late = dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC)
    with translation.override(language), timezone.override("Europe/Paris"):
        assert template.render(Context({"at": late, "none": None})) == words


@pytest.mark.django_db
def test_pages_about_people_have_no_date_in_numbers(client: Client) -> None:
    cycle = make.cycle(slug="tour", programme=make.programme())
    row = make.cycle_registration(cycle=cycle, participant=make.participant())
    client.force_login(make.user(is_superuser=True))
    for path in ("registrants/", f"registrants/{row.pk}/"):
        page = client.get(f"/en/desk/cycles/tour/{path}").content.decode()
        assert IN_NUMBERS.findall(page) == []
        assert "Thu 1 Oct 2026" in page
