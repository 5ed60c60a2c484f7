"""How the home tells when a cycle takes place."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING

import pytest

from tests import make

if TYPE_CHECKING:
    from django.test import Client

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
