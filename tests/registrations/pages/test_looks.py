"""The colour and the logo of a programme on the form and on a person's own pages; those of a draft on none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cycles.site.page_cache import snapshots
from registrations.links import personal_links
from registrations.models import CycleRegistration, State
from registrations.pages.form import intake
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

    from cycles.models import Programme

pytestmark = pytest.mark.django_db
SHOWN, HIDDEN = (True, True), (False, False)


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    intake.cache.clear()
    with time_machine.travel(make.AT, tick=False):
        yield


def programme(*, is_published: bool = True) -> Programme:
    result = make.programme(accent="navy", is_published=is_published)
    make.logo(result)
    return result


def look(client: Client, path: str) -> tuple[bool, bool]:
    """Return whether a page has the colour, and the logo with its description."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = answer.content.decode()
    return 'data-accent="navy"' in text, 'class="logo"' in text and 'alt="Trois vagues bleues"' in text


def own(name: str, token: str, *more: object) -> str:
    return reverse(f"registrations:{name}", args=[token, *more])


@pytest.mark.parametrize(("is_published", "expected"), [(True, SHOWN), (False, HIDDEN)])
def test_pages_of_one_cycle_have_the_look_of_its_programme(
    client: Client, *, is_published: bool, expected: tuple[bool, bool]
) -> None:
    cycle = make.cycle(slug="tour", programme=programme(is_published=is_published))
    session = make.session(cycle=cycle, room_url="https://visio.example.org/")
    seat = make.registration(session=session)
    whole, person = seat.cycle_registration, seat.participant
    asked = make.cycle_registration(cycle=cycle, state=State.PENDING)
    offered = make.cycle_registration(
        cycle=cycle, state=State.OFFERED, offer_ends_at=session.starts_at, queued_at=make.AT
    )
    mine = personal_links.manage_token(person)
    pages = {
        "form": "/fr/register/tour/",
        "sent": "/fr/register/tour/sent/",
        "confirm": own("confirm", personal_links.confirm_token(asked)),
        "confirmed": own("confirm", personal_links.confirm_token(whole)),
        "offer": own("offer", personal_links.offer_token(offered)),
        "join": own("join", personal_links.join_token(seat)),
        "mine": own("my-registrations", mine),
        "cancel": own("my-cancel-all", mine, whole.pk),
        "papers": reverse("training:mine", args=[mine]),
    }
    assert {name: look(client, path) for name, path in pages.items()} == dict.fromkeys(pages, expected)
    cycle.registration_mode = "closed"
    cycle.save()
    intake.cache.clear()
    assert look(client, "/fr/register/tour/") == expected


def test_the_page_of_somebody_in_two_programmes_is_the_sites(client: Client) -> None:
    person = make.participant()
    first = programme()
    for cycle in (make.cycle(programme=first), make.cycle(programme=first)):
        make.registration(session=make.session(cycle=cycle), participant=person)
    path = own("my-registrations", personal_links.manage_token(person))
    papers = reverse("training:mine", args=[personal_links.manage_token(person)])
    assert (look(client, path), look(client, papers)) == (SHOWN, SHOWN)
    make.registration(session=make.session(cycle=make.cycle(programme=None)), participant=person)
    assert (look(client, path), look(client, papers)) == (HIDDEN, HIDDEN)
    assert CycleRegistration.objects.filter(participant=person).count() == 3


def test_a_logo_asks_the_database_for_nothing_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # The version of the content is asked for each time: kept for a moment, it would be counted or not by chance.
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 0)
    counts = []
    for has_logo in (False, True):
        intake.cache.clear()
        cycle = make.cycle(programme=programme() if has_logo else make.programme())
        seat = make.registration(session=make.session(cycle=cycle))
        mine = personal_links.manage_token(seat.participant)
        for path in (
            f"/fr/register/{cycle.slug}/",
            own("join", personal_links.join_token(seat)),
            own("my-registrations", mine),
        ):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
