"""How the home tells when a cycle takes place."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle, Membership
from cycles.runs.queries import dates_of
from tests import make
from tests.training import build

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2027, 1, 1), dt.date(2027, 1, 31), "janvier 2027"),
        (dt.date(2027, 1, 21), dt.date(2027, 1, 21), "21 janvier 2027"),
        (dt.date(2027, 1, 1), dt.date(2027, 6, 30), "de janvier 2027 à juin 2027"),
        (dt.date(2027, 1, 5), None, "à partir du mardi 5 janvier 2027"),
    ],
)
def test_a_period_is_told_once(client: Client, first: dt.date, last: dt.date | None, words: str) -> None:
    client.force_login(make.user(is_superuser=True))
    make.cycle(slug="tour", title={"fr": "Le tour"}, first_date=first, last_date=last, frequency="")
    page = " ".join(html.unescape(client.get("/fr/desk/").content.decode()).split())
    line = page.partition('<a href="/fr/desk/cycles/tour/">')[2].partition("</li>")[0]
    told = line.partition('<span class="soft small">')[2].partition("</span>")[0]
    assert told == f"publié · {words}"


@pytest.mark.parametrize("page", ["", "cycles/", "modules/", "modules/lire/runs/"])
def test_runs_of_one_module_are_told_apart_by_their_dates(client: Client, page: str) -> None:
    client.force_login(make.user(is_superuser=True))
    module = make.module(slug="lire")
    for day in (dt.date(2027, 3, 2), dt.date(2027, 6, 1)):
        make.half_days(make.run(module=module), day=day)
    make.run(module=module, is_external=True, first_date=dt.date(2027, 9, 1), last_date=dt.date(2027, 9, 3))
    make.run(module=module)
    told = " ".join(html.unescape(client.get(f"/fr/desk/{page}").content.decode()).split()).lower()
    wanted = (
        "mardi 2 mars 2027",
        "mardi 1er juin 2027",
        "du mercredi 1er septembre au vendredi 3 septembre 2027",
        "pas encore de date",
    )
    assert [words for words in wanted if words not in told] == []


def test_the_dates_of_runs_are_one_query_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    runs = [make.run(module=make.module()) for _ in range(3)]
    for run in runs:
        make.half_days(run, day=dt.date(2027, 3, 2))
    for some in (runs[:1], runs):
        with django_assert_num_queries(1):
            assert dates_of(some) == {run.pk: "mardi 2 mars 2027" for run in some}
    with django_assert_num_queries(0):
        assert dates_of([Cycle(kind=Cycle.Kind.WEBINAR)]) == {}


@pytest.mark.parametrize("count", [1, 2])
def test_half_days_without_a_countersigned_sheet_are_to_do(client: Client, count: int) -> None:
    run = build.run()
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.ORGANISER).user)
    sheets = [f"/fr/desk/cycles/mse-1/sessions/{day.slug}/sheet/" for day in (run.morning, run.afternoon)]

    def to_do(at: dt.datetime) -> list[bool]:
        with time_machine.travel(at, tick=False):
            page = client.get("/fr/desk/").content.decode()
        return [
            f'<a href="{address}">Sa feuille d’émargement n’est pas contresignée' in page
            for address in sheets
        ]

    assert to_do(build.at(12)) == [False, False]
    assert to_do(build.at(13)) == [True, False]
    for session in (run.morning, run.afternoon)[:count]:
        build.all_sign(run, session)
        build.countersign(session)
    assert to_do(build.at(20)) == [False, count == 1]
    assert to_do(build.at(20) + dt.timedelta(days=91)) == [False, False]


@pytest.mark.parametrize("page", ["cycles", "people", "mailings"])
def test_runs_of_one_module_are_told_apart(client: Client, page: str) -> None:
    client.force_login(make.user(is_superuser=True))
    module = make.module(programme=make.programme())
    for _number in range(2):
        make.run(module=module)
    said = html.unescape(client.get(f"/fr/desk/{page}/").content.decode()).partition("<main")[2]
    links = [re.sub(r"<[^>]+>", "", link) for link in re.findall(r"<a .*?</a>", said)]
    runs = [link for link in links if "Lire une rivière" in link or "Session de formation" in link]
    assert (len(runs) >= 2, len(set(runs)) == len(runs)) == (True, True)
    assert 'lang="fr"> · Session de formation 1</span>' in said
    assert [f"Session de formation {number}" in said for number in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(("role", "words"), [("organiser", "La préparer"), ("reader", "Aperçu")])
def test_the_next_session_is_prepared_by_who_may_write_it(client: Client, role: str, words: str) -> None:
    member = make.membership(role=role)
    make.session(
        cycle=make.cycle(programme=member.programme), starts_at=dt.datetime(2126, 11, 19, tzinfo=dt.UTC)
    )
    client.force_login(member.user)
    page = html.unescape(client.get("/fr/desk/").content.decode())
    assert (
        page.partition("Prochaine séance")[2]
        .partition('<a class="button"')[2]
        .partition("</a>")[0]
        .endswith(words)
    )
