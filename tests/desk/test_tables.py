"""The home, the line, the people and the mails: figures, filters, pages, exports, and their queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cycles.language.plain_text import readable
from cycles.models import Cycle, Membership
from desk.ui.tables import sheets
from notifications.models import Delivery, Heartbeat
from registrations.models import CycleRegistration, Participant
from registrations.people.data import copies, rights
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 14, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    membership = make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client


def page(name: str) -> str:
    with translation.override("en"):
        return reverse(f"desk:{name}", args=[] if name == "home" else ["tour"])


def delivery(cycle: Cycle, **fields: Any) -> Delivery:
    person = fields.pop("participant", None) or make.participant()
    registration = make.cycle_registration(cycle=cycle, participant=person)
    state = fields.pop("state", Delivery.State.PENDING)
    fields.setdefault("sent_at", NOW if state == Delivery.State.SENT else None)
    fields.setdefault("next_at", NOW)
    return Delivery.objects.create(
        key=f"test:{registration.pk}",
        kind="registration_confirmed",
        cycle=cycle,
        cycle_registration=registration,
        participant=person,
        to_address=person.email,
        domain="example.org",
        language="fr",
        state=state,
        created_at=NOW,
        **fields,
    )


# home


def test_home_says_what_is_missing_soonest_first(claire: Client, cycle: Cycle) -> None:
    soon = make.session(
        cycle=cycle, slug="escale-02", number=2, status="tentative", has_theme=False
    )  # in five days, without a room
    make.session(cycle=cycle, slug="escale-03", number=3, starts_at=make.paris(2026, 12, 10), has_theme=False)
    make.session(cycle=cycle, slug="escale-04", number=4, starts_at=make.paris(2027, 1, 21), has_theme=False)
    make.session(cycle=cycle, slug="escale-01", number=1, starts_at=make.paris(2026, 10, 22), has_theme=False)
    response = claire.get(page("home"))
    result = response.context["needs"]
    assert [(need.about, [(lack.text, lack.is_urgent) for lack in need.lacks]) for need in result] == [
        (
            "Stop 2, Thu 19 Nov 2026, 13:00",
            [
                ("The address of the room is missing.", True),
                ("The theme is not announced yet.", False),
                ("The date is still to be confirmed.", False),
            ],
        ),
        ("Stop 3, Thu 10 Dec 2026, 13:00", [("The theme is not announced yet.", False)]),
        ("Stop 1, Thu 22 Oct 2026, 13:00", [("No recap has been published.", False)]),
    ]
    assert [need.is_urgent for need in result] == [True, False, False]
    assert {need.cycle for need in result} == {"The tour in 12 stages"}
    assert response.context["next_session"] == soon


def test_home_says_when_nothing_is_missing(claire: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, room_url="https://meet.example.org/x")
    session.segments.create(order=1).slots.create(order=1, organisation=make.organisation())
    response = claire.get(page("home"))
    assert response.context["needs"] == []
    assert "Nothing: everything is ready." in response.content.decode()


def test_home_tells_of_mails_in_trouble(claire: Client, cycle: Cycle) -> None:
    delivery(cycle, state=Delivery.State.FAILED)
    delivery(cycle, state=Delivery.State.FAILED)
    delivery(cycle, next_at=NOW - dt.timedelta(minutes=16))
    delivery(cycle, next_at=NOW - dt.timedelta(minutes=14))
    delivery(make.cycle(programme=make.programme()), state=Delivery.State.FAILED)
    (need,) = claire.get(page("home")).context["needs"]
    assert (need.about, [(lack.text, lack.url) for lack in need.lacks]) == (
        "Emails",
        [
            ("2 emails were refused.", f"{page('deliveries')}?state=failed"),
            ("1 email is late by 16\xa0minutes.", f"{page('deliveries')}?state=pending"),
        ],
    )


def test_home_tells_of_addresses_that_a_provider_reported(claire: Client, cycle: Cycle) -> None:
    mail = delivery(cycle, state=Delivery.State.SENT)
    for number, kind in enumerate(("delivered", "bounced", "complained")):
        mail.events.create(provider="Brevo", event_id=str(number), type=kind, at=NOW)
    mail.events.create(provider="Brevo", event_id="old", type="bounced", at=NOW - dt.timedelta(days=31))
    later = make.session(cycle=cycle, starts_at=make.paris(2027, 3, 4))
    seat = make.registration(session=later, participant=mail.participant)
    again = make.delivery(seat, state=Delivery.State.SENT)
    again.events.create(provider="Brevo", event_id="again", type="bounced", at=NOW)
    elsewhere = delivery(make.cycle(programme=make.programme()), state=Delivery.State.SENT)
    elsewhere.events.create(provider="Brevo", event_id="theirs", type="bounced", at=NOW)
    (need,) = claire.get(page("home")).context["needs"]
    assert [lack.text for lack in need.lacks] == [
        "1 address was reported as wrong, or its owner calls these emails spam."
    ]
    assert need.is_urgent


def test_home_says_who_waits_for_an_answer(claire: Client, cycle: Cycle) -> None:
    for _person in range(2):
        make.cycle_registration(cycle=cycle, state="in_review")
    make.cycle_registration(cycle=make.cycle(programme=make.programme()), state="in_review")
    (need,) = claire.get(page("home")).context["needs"]
    assert [(lack.text, lack.url) for lack in need.lacks] == [
        ("2 requests wait for your answer.", f"{page('registrants')}?state=in_review")
    ]
    assert claire.get(need.lacks[0].url).context["page"].paginator.count == 2


@pytest.mark.parametrize(
    ("name", "at", "text"),
    [
        ("paused", dt.timedelta(days=1), "All email is paused: it goes on being planned, and waits."),
        (
            "transport",
            dt.timedelta(minutes=5),
            "Sending is paused: the mail server refuses; it is tried again in a few minutes.",
        ),
        (
            "tick",
            -dt.timedelta(minutes=3),
            "The worker has been silent for 3\xa0minutes: no email leaves. Tell whoever runs this server.",
        ),
        ("paused", -dt.timedelta(days=1), None),
        ("transport", -dt.timedelta(seconds=1), None),
        ("tick", -dt.timedelta(seconds=90), None),
    ],
)
def test_home_says_why_no_mail_leaves(
    claire: Client, cycle: Cycle, name: str, at: dt.timedelta, text: str | None
) -> None:
    Heartbeat.objects.create(name=name, at=NOW + at)
    result = claire.get(page("home")).context["needs"]
    assert [lack.text for need in result for lack in need.lacks] == ([text] if text else [])
    assert cycle.slug in (result[0].lacks[0].url if text else cycle.slug)


@pytest.mark.parametrize(
    ("role", "count"), [("owner", 3), ("organiser", 3), ("trainer", 1), ("reader", 0), ("privacy", 1)]
)
def test_home_asks_nobody_for_what_its_page_refuses(
    client: Client, cycle: Cycle, role: str, count: int
) -> None:
    client.force_login(make.membership(programme=cycle.programme, role=role).user)
    make.session(cycle=cycle, slug="escale-02", number=2, has_theme=False)
    make.session(cycle=cycle, slug="escale-01", number=1, starts_at=make.paris(2026, 10, 22))
    delivery(cycle, state=Delivery.State.FAILED)
    needs = client.get(page("home")).context["needs"]
    assert len(needs) == count
    links = [lack.url for need in needs for lack in need.lacks]
    assert [client.get(url).status_code for url in links] == [200] * len(links)


def test_home_counts_people_once(claire: Client, cycle: Cycle) -> None:
    person = make.participant()
    for day in (19, 26):
        make.registration(
            participant=person, session=make.session(cycle=cycle, starts_at=make.paris(2026, 11, day))
        )
    make.session(cycle=cycle, starts_at=make.paris(2026, 10, 22))
    figures = claire.get(page("home")).context["figures"]
    assert [(f.number, f.words) for f in figures][:3] == [
        (1, "person registered"),
        (2, "sessions ahead"),
        (1, "session held"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_home_counts_its_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(1, count + 1):
        session = make.session(cycle=cycle, number=number, starts_at=make.paris(2026, 11, 19 + number))
        make.registration(session=session)
        delivery(cycle, state=Delivery.State.FAILED)
    with django_assert_num_queries(30):
        assert claire.get(page("home")).status_code == 200


# the line


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_line_counts_its_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(1, count + 1):
        session = make.session(cycle=cycle, number=number, starts_at=make.paris(2026, 11, 15 + number))
        make.registration(session=session)
    with django_assert_num_queries(11):
        response = claire.get(page("cycle-detail"))
    assert [stop.seated for stop in response.context["stops"]] == [1] * count


# people


def people(cycle: Cycle, *names: str) -> None:
    for name in names:
        make.cycle_registration(cycle=cycle, participant=make.participant(family_name=name))


def names(response: Any) -> list[str]:
    return [row.participant.family_name for row in response.context["page"]]


def test_filters_live_in_the_address(claire: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    first = make.participant(family_name="Arnaud", email="Zoe@Example.org", email_key="zoe@example.org")
    make.registration(session=session, participant=first)
    second = make.participant(family_name="Bernard", organisation_name="Le Phare")
    make.registration(
        session=session, participant=second, state="cancelled", cancelled_at=NOW, confirmed_at=None
    )
    make.cycle_registration(cycle=make.cycle(), participant=make.participant(family_name="Ailleurs"))
    url = page("registrants") + "?sort=name"
    assert names(claire.get(url)) == ["Arnaud", "Bernard"]
    assert names(claire.get(url, {"q": "zoe@EXAMPLE"})) == ["Arnaud"]
    assert names(claire.get(url, {"q": "phare amina"})) == ["Bernard"]
    assert names(claire.get(url, {"stop": "escale-02"})) == ["Arnaud"]
    assert names(claire.get(url, {"stop": "escale-02", "state": "cancelled"})) == ["Bernard"]
    assert names(claire.get(url, {"state": "cancelled"})) == []
    assert names(claire.get(url, {"state": "x", "stop": "y"})) == ["Bernard", "Arnaud"]
    assert names(claire.get(url, {"q": "%"})) == []


def test_fifty_a_page_with_the_filters_kept(claire: Client, cycle: Cycle) -> None:
    people(cycle, *(f"Nom {number:03d}" for number in range(51)))
    first = claire.get(page("registrants"), {"q": "Nom"})
    assert (len(names(first)), names(first)[0]) == (50, "Nom 050")
    assert 'href="?q=Nom&amp;page=2"' in first.content.decode()
    assert names(claire.get(page("registrants"), {"q": "Nom", "page": "2"})) == ["Nom 000"]
    for wrong in ("0", "-1", "99", "x"):
        assert claire.get(page("registrants"), {"page": wrong}).status_code == 200


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_tables_count_their_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    for _person in range(count):
        delivery(cycle)
    with django_assert_num_queries(11):
        claire.get(page("registrants"))
    with django_assert_num_queries(13):
        claire.get(page("deliveries"))


def exported(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def test_the_export_is_the_table(claire: Client, cycle: Cycle) -> None:
    person = make.participant(
        given_name='=HYPERLINK("x")', family_name="O;Hara", email="o@example.org", organisation_name="-1+1"
    )
    whole = make.cycle_registration(cycle=cycle, participant=person)
    for number, month, day, state in ((2, 11, 19, "waitlisted"), (1, 10, 15, "confirmed")):
        stop = make.session(cycle=cycle, number=number, starts_at=make.paris(2026, month, day))
        make.registration(participant=person, session=stop, cycle_registration=whole, state=state)
    people(cycle, "Autre")
    response = claire.get(page("registrants-export"), {"q": "hara"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="tour.csv"'
    assert exported(response) == [
        [
            "Family name",
            "Given name",
            "Email",
            "Organisation",
            "Language",
            "State",
            "Scope",
            "Number of sessions",
            "Which sessions",
            "Registered at (UTC)",
            "Source",
        ],
        [
            "O;Hara",
            '\'=HYPERLINK("x")',
            "o@example.org",
            "'-1+1",
            "fr",
            "confirmed",
            "the whole cycle",
            "2",
            "Stop 1 2026-10-15, Stop 2 2026-11-19 (on the waiting list)",
            "2026-10-01 07:00",
            "",
        ],
    ]


def test_somebody_in_a_run_is_not_told_to_be_in_a_cycle(client: Client) -> None:
    run = make.run(slug="riviere", programme=make.programme())
    row = make.cycle_registration(cycle=run)
    make.registration(session=make.half_days(run)[0], cycle_registration=row, participant=row.participant)
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.ORGANISER).user)
    here = "/fr/desk/cycles/riviere/registrants"
    table = exported(client.get(f"{here}.csv"))
    assert dict(zip(*table, strict=True))["Inscription à"] == "toute la session"
    shown = client.get(f"{here}/{row.pk}/").content.decode()
    assert "· toute la session</p>" in shown
    assert "tout le cycle" not in shown
    with translation.override("en"):
        copy = copies.parts(rights.export(row.participant), zone="")
    assert ("What you asked for", "the whole run") in next(p for p in copy if p.items).items[0].facts


@given(st.text())
def test_no_cell_is_a_formula_and_every_cell_comes_back(text: str) -> None:
    cell = sheets.cell(text)
    back = next(csv.reader(io.StringIO(f"{cell};end", newline=""), delimiter=";"))
    assert back[-1] == "end"
    assert sheets.unprotected(back[0]) == readable(text)


# Texts that hold what matters here, in every order.
HOSTILE = st.text(st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20,;\t\r\n'\" ab\u00a0"), max_size=12)
STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@given(st.lists(HOSTILE, min_size=1, max_size=3), st.sampled_from(",;\t"))
def test_no_cell_is_a_formula_wherever_a_spreadsheet_cuts_the_line(texts: list[str], separator: str) -> None:
    line = ";".join(map(sheets.cell, texts))
    # As a spreadsheet reads the bytes that expects another separator, with quotes or without.
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        rows = csv.reader(io.StringIO(line, newline=""), delimiter=separator, quoting=quoting)
        cells = [cell.strip() for row in rows for cell in row]
        assert [cell for cell in cells if cell.strip('" ').startswith(STARTS)] == []
    assert [sheets.unprotected(sheets.protected(text)) for text in texts] == texts


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Dupont,=1+1", "Dupont,'=1+1"),
        ("Dupont, =1+1", "Dupont,' =1+1"),
        ('Dupont,"=1+1"', '"Dupont,\'""=1+1"""'),
        ("\uff1dcmd|' /C calc'!A0", "'\uff1dcmd|' /C calc'!A0"),
        ("+33 6 12", "'+33 6 12"),
        ("'=1", "''=1"),
        ("Jean-Noël", "Jean-Noël"),
        ("a@b.org, O’Hara", "a@b.org, O’Hara"),
        ("d'=1", "d'=1"),
    ],
)
def test_how_a_formula_is_written(text: str, written: str) -> None:
    assert sheets.cell(text) == written
    assert sheets.unprotected(sheets.protected(text)) == text


# mails


def test_mails_say_their_state_and_why(claire: Client, cycle: Cycle) -> None:
    delivery(cycle, state=Delivery.State.SENT, next_at=NOW - dt.timedelta(hours=3))
    delivery(
        cycle,
        state=Delivery.State.SKIPPED,
        reason=Delivery.Reason.TOO_LATE,
        next_at=NOW - dt.timedelta(hours=2),
    )
    delivery(
        cycle,
        state=Delivery.State.FAILED,
        last_error="550 no such user",
        participant=make.participant(email="zoe@example.org"),
        next_at=NOW - dt.timedelta(hours=1),
    )
    response = claire.get(page("deliveries"))
    assert [(line.what, line.session, line.state, line.why) for line in response.context["lines"]] == [
        ("Registration confirmed", "All dates", "refused", "550 no such user"),
        ("Registration confirmed", "All dates", "not sent", "too late"),
        ("Registration confirmed", "All dates", "sent", ""),
    ]
    assert [(c.state, c.number) for c in response.context["counts"]] == [
        ("sent", 1),
        ("failed", 1),
        ("skipped", 1),
    ]
    result = claire.get(page("deliveries"), {"q": "zoe@"}).context["lines"]
    assert [line.delivery.to_address for line in result] == ["zoe@example.org"]
    result = claire.get(page("deliveries"), {"state": "sent"}).context["lines"]
    assert [line.state for line in result] == ["sent"]


def test_the_table_is_ordered_by_its_headings(claire: Client, cycle: Cycle) -> None:
    for number, (name, state) in enumerate(
        [("Béranger", "confirmed"), ("Abel", "waitlisted"), ("Cros", "confirmed")]
    ):
        make.cycle_registration(
            cycle=cycle,
            participant=make.participant(given_name="P", family_name=name),
            state=state,
            requested_at=NOW + dt.timedelta(minutes=number),
            **({"queued_at": NOW} if state == "waitlisted" else {}),
        )
    url = page("registrants")
    # Whoever came last is on top.
    assert names(claire.get(url)) == ["Cros", "Abel", "Béranger"]
    assert names(claire.get(url, {"sort": "name"})) == ["Abel", "Béranger", "Cros"]
    assert names(claire.get(url, {"sort": "-name"})) == ["Cros", "Béranger", "Abel"]
    assert names(claire.get(url, {"sort": "date"})) == ["Béranger", "Abel", "Cros"]
    assert names(claire.get(url, {"sort": "-state"})) == ["Abel", "Cros", "Béranger"]
    assert names(claire.get(url, {"sort": "password"})) == ["Cros", "Abel", "Béranger"]
    response = claire.get(url, {"sort": "date", "q": "e", "page": "1"})
    assert {name: (one.query, one.state) for name, one in response.context["headings"].items()} == {
        "name": ("sort=name&q=e", "none"),
        "date": ("sort=-date&q=e", "ascending"),
        "state": ("sort=state&q=e", "none"),
    }
    exported = b"".join(claire.get(page("registrants-export"), {"sort": "-name"})).decode()
    assert [line.split(";")[0] for line in exported.splitlines()[1:]] == ["Cros", "Béranger", "Abel"]


def test_people_of_another_cycle_are_not_shown(claire: Client, cycle: Cycle) -> None:
    delivery(make.cycle())
    assert claire.get(page("deliveries")).context["lines"] == []
    assert (Participant.objects.count(), CycleRegistration.objects.filter(cycle=cycle).count()) == (1, 0)
