"""A report speaks of what the kind of cycle has: half-days of a run, days of a daily cycle, stops of the others."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pytest
import time_machine

from tests import make
from tests.training import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(build.at(19), tick=False):
        yield


@pytest.fixture
def run() -> build.Run:
    run = build.run()
    build.finished(run)
    return run


@pytest.fixture
def claire(client: Client, run: build.Run) -> Client:
    client.force_login(make.membership(programme=run.programme).user)
    return client


def report(client: Client, language: str, ending: str = "report/") -> bytes:
    return bytes(client.get(f"/{language}/desk/cycles/mse-1/{ending}").content)


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            "fr",
            (
                "2 demi-journées tenues sur 2",
                "demi-journée par demi-journée",
                ">Demi-journées<",
                "venus à une demi-journée, combien",
            ),
            ("séance par séance", "Séances suivies", "séances tenues", "venus à une séance"),
        ),
        (
            "en",
            (
                "2 half-days held of 2",
                "half-day by half-day",
                ">Half-days<",
                "came to a half-day, who came",
            ),
            ("stop by stop", "Stops attended", "sessions held", "came to a stop"),
        ),
    ],
)
def test_the_report_of_a_run_speaks_of_half_days(
    claire: Client, language: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    page = report(claire, language).decode()
    assert [words in page for words in (*said, *unsaid)] == [True] * len(said) + [False] * len(unsaid)


def test_so_do_its_table_and_the_page_of_the_funders(claire: Client) -> None:
    response = claire.get("/fr/desk/cycles/mse-1/report.csv")
    table = response.getvalue()
    assert table.decode("utf-8-sig").startswith("Demi-journée;")
    reader = pypdf.PdfReader(BytesIO(report(claire, "fr", "report.pdf")))
    words = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert ("Demi-journée par demi-journée" in words, "Séance par séance" in words) == (True, False)
    # Two half-days of one day: its date on top, their hours in the table. The page was made that evening.
    assert words.lower().count("mardi 6 octobre 2026") == 2
    assert ("mar. 6 oct. 2026, 9" in words, "mar. 6 oct. 2026, 14" in words) == (True, True)


def test_who_came_back_tells_half_days_of_one_day_apart(claire: Client) -> None:
    response = claire.get("/en/desk/cycles/mse-1/report/")
    (back,) = response.context["report"].loyalty.back
    assert (back.label, back.following) == ("Half-day 1", "Half-day 2")


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            "fr",
            ("inscrites à la session", "les formateurs", "avant la demi-journée"),
            ("inscrites au cycle", "les intervenants"),
        ),
        (
            "en",
            ("registered for the run", "the trainers", "before the half-day"),
            ("registered for the cycle", "the speakers"),
        ),
    ],
)
def test_the_plan_of_a_run_speaks_of_trainers_and_half_days(
    claire: Client, language: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    page = claire.get(f"/{language}/desk/cycles/mse-1/reminders/").content.decode()
    assert [words in page for words in (*said, *unsaid)] == [True] * len(said) + [False] * len(unsaid)
