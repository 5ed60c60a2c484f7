"""The journal's page: whose it is, what it says, its filters, its CSV, its cost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from accounts import journal
from accounts.models import AuditEntry
from cycles.schedule import planning
from tests import doors, make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PAGE = "/fr/desk/programmes/quais/journal/"
FILE = "/fr/desk/programmes/quais/journal.csv"


@pytest.fixture
def world(client: Client) -> doors.World:
    world = doors.world()
    client.force_login(world.people["privacy"])
    AuditEntry.objects.all().delete()
    return world


def rows(client: Client, query: str = "") -> list[tuple[str, str, str]]:
    """Return who, what and about what, as the page shows them."""
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return [(line.who, line.verb, line.what_about) for line in response.context["lines"]]


def test_who_did_what_in_words(client: Client, world: doors.World) -> None:
    owner = world.people["owner"]
    planning.move(world.session, to=make.paris(2026, 12, 3), by=owner, at=make.AT)
    journal.record("member.accept", by=owner, at=make.AT, target=world.membership, detail="reader")
    assert rows(client) == [
        ("Claire", "a accepté une invitation", f"rôle dans un programme nº {world.membership.pk}"),
        ("Claire", "a déplacé une séance", "Le tour en 12 étapes · Escale"),
    ]
    page = client.get(PAGE).content.decode()
    assert "· lecture" in page or "· lecteur" in page


def test_sign_ins_of_members_belong_to_it_and_no_others(client: Client, world: doors.World) -> None:
    reader = world.people["reader"]
    journal.record("account.enter", by=reader, at=make.AT, target=reader)
    journal.record("account.enter", by=world.stranger, at=make.AT, target=world.stranger)
    other = make.session(cycle=make.cycle(programme=make.programme()))
    planning.move(other, to=make.paris(2026, 12, 3), by=world.stranger, at=make.AT)
    assert rows(client) == [("Claire", "s’est connecté·e", "")]


def test_filters_live_in_the_address(client: Client, world: doors.World) -> None:
    owner, organiser = world.people["owner"], world.people["organiser"]
    for by, verb, at in (
        (owner, "registrants.export", make.AT),
        (organiser, "registrants.export", make.AT + dt.timedelta(days=1)),
        (organiser, "session.move", make.AT + dt.timedelta(days=2)),
    ):
        journal.record(verb, by=by, at=at, target=world.cycle)
    exported, moved = "a exporté les personnes inscrites", "a déplacé une séance"

    def verbs(query: str) -> list[str]:
        return [verb for _who, verb, _about in rows(client, query)]

    assert verbs(f"?who={organiser.pk}") == [moved, exported]
    assert verbs("?verb=registrants.export") == [exported, exported]
    assert verbs("?since=2026-10-02&until=2026-10-02") == [exported]
    assert verbs(f"?who={owner.pk}&verb=session.move") == []
    # Nonsense is left out.
    assert len(verbs("?who=x&verb=made.up&since=yesterday&page=900")) == 3


def test_a_day_begins_at_the_sites_midnight(client: Client, world: doors.World) -> None:
    for at in (make.paris(2026, 10, 1, 23, 59), make.paris(2026, 10, 2, 0, 0)):
        journal.record("session.move", by=world.people["owner"], at=at, target=world.session)
    assert len(rows(client, "?until=2026-10-01")) == 1
    assert len(rows(client, "?since=2026-10-02")) == 1


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_out_of_all_reckoning_is_left_out(client: Client, world: doors.World, day: str) -> None:
    journal.record("session.move", by=world.people["owner"], at=make.AT, target=world.session)
    for name in ("since", "until"):
        assert len(rows(client, f"?verb=session.move&{name}={day}")) == 1
        assert client.get(f"{FILE}?{name}={day}").status_code == 200
    assert len(rows(client, "?verb=session.move&since=1970-01-01&until=2999-12-31")) == 1


def test_what_is_gone_is_a_number(client: Client, world: doors.World) -> None:
    leaver = make.user(name="Partie")
    planning.cancel(world.session, reason="Panne", by=leaver, at=make.AT)
    pk = world.session.pk
    world.session.delete()
    leaver.delete()
    assert rows(client) == [("", "a annulé une séance", f"séance nº {pk}")]
    assert "un compte disparu" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("kind", ["training.sheet", "cycles.gone", "sheet", "a.b.c", "."])
def test_a_verb_and_a_kind_of_another_version_are_shown_as_they_are(
    client: Client, world: doors.World, kind: str
) -> None:
    AuditEntry.objects.create(
        at=make.AT,
        verb="sheet.sign",
        programme_id=world.cycle.programme_id,
        target_kind=kind,
        target_id=7,
    )
    assert rows(client) == [("", "sheet.sign", f"{kind} nº 7")]
    lines = b"".join(getattr(client.get(FILE), "streaming_content", [])).decode().splitlines()
    assert lines[-1].endswith(f"sheet.sign;;{kind};7;;")


def test_the_file_holds_the_codes_and_is_noted_itself(client: Client, world: doors.World) -> None:
    owner = world.people["owner"]
    owner.name = "=cmd|' /C calc'!A0"
    owner.save(update_fields=["name"])
    planning.move(world.session, to=make.paris(2026, 12, 3), by=owner, at=make.AT)
    response: Any = client.get(FILE + "?verb=session.move")
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeffQuand (UTC);")
    line = f"2026-10-01 07:00:00;{owner.pk};'=cmd|' /C calc'!A0;session.move;a déplacé une séance;"
    assert text.splitlines()[1:] == [f"{line}cycles.session;{world.session.pk};;"]
    noted = AuditEntry.objects.get(verb="journal.export")
    assert (noted.by, noted.programme_id, noted.count) == (world.people["privacy"], world.programme.pk, 1)


@pytest.mark.parametrize("number", [1, 3, 120])
def test_the_page_costs_the_same_for_one_line_and_for_many(
    client: Client, world: doors.World, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in range(number):
        journal.record(
            "session.move",
            by=world.people["owner"],
            at=make.AT + dt.timedelta(seconds=count),
            target=world.session,
        )
    # Session, account, programme, role; people of the filter, members; count, lines; sessions.
    with django_assert_num_queries(9):
        shown = rows(client)
    assert len(shown) == min(number, 50)
