"""How the home tells when a cycle takes place."""

from __future__ import annotations

import datetime as dt
import html
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
