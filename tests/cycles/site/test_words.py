"""What small texts of public pages say: the contact is a link, a heading begins with a capital, a date is a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings

from cycles.models import Resource
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/fr/privacy/", "/en/privacy/", "/fr/accessibility/", "/en/accessibility/"]
)
def test_the_contact_can_be_written_to(client: Client, address: str) -> None:
    contact = settings.ESCALE_CONTACT_EMAIL
    assert f'<a href="mailto:{contact}">{contact}</a>' in client.get(address).content.decode()


@pytest.mark.parametrize(("language", "first"), [("fr", "Du mardi 6"), ("en", "From Tuesday 6")])
def test_the_dates_of_a_run_begin_with_a_capital(client: Client, language: str, first: str) -> None:
    run = make.run(module=make.module(slug="riviere", is_published=True))
    make.half_days(run)
    make.session(
        cycle=run, number=3, starts_at=make.paris(2026, 10, 7, 9), ends_at=make.paris(2026, 10, 7, 12)
    )
    with time_machine.travel(make.paris(2026, 9, 1), tick=False):
        shown = client.get(f"/{language}/modules/riviere/").content.decode()
    assert f'/{language}/cycles/{run.slug}/">{first}' in shown


def test_a_session_is_called_one(client: Client) -> None:
    session = make.session(cycle=make.cycle(slug="tour"))
    Resource.objects.create(
        slug="guide", kind="guide", title={"en": "Guide"}, session=session, is_published=True
    )
    for address, words in (
        ("/en/subscribe/", "moved, cancelled and new sessions then follow by themselves."),
        ("/en/resources/guide/", "<dt>Of the session</dt>"),
    ):
        assert words in client.get(address).content.decode(), address
