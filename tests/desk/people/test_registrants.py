"""The people registered: where they stand, requests decided together, the table as a spreadsheet."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import time_machine
from django.utils import translation

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from desk.people import decisions, registrants
from notifications.models import Delivery
from registrations.models import CycleRegistration, State
from tests import make
from tests.desk.people.test_roster import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.AT
TABLE = "/en/desk/cycles/tour/registrants/"
DECIDE = f"{TABLE}decide/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def asks(cycle: Cycle, name: str, **fields: Any) -> CycleRegistration:
    person = make.participant(given_name="P", family_name=name)
    fields = {"state": State.IN_REVIEW, "requested_at": AT, **fields}
    return make.cycle_registration(cycle=cycle, participant=person, **fields)


def shown(response: Any) -> list[tuple[str, str, int | None]]:
    return [
        (row.registration.participant.family_name, row.state, row.position)
        for row in response.context["rows"]
    ]


def test_who_waits_is_shown_with_the_number_in_the_queue(claire: Client, cycle: Cycle) -> None:
    for number, name in enumerate(("Abel", "Béranger", "Cros")):
        asks(cycle, name, state="waitlisted", queued_at=AT + number * MINUTE)
    asks(cycle, "Dumas", state="confirmed")
    CycleRegistration.objects.create(
        cycle=make.cycle(), participant=make.participant(), state="waitlisted", queued_at=AT, requested_at=AT
    )
    result = shown(claire.get(TABLE, {"sort": "state", "state": "waitlisted"}))
    assert result == [
        ("Abel", "on the waiting list", 1),
        ("Béranger", "on the waiting list", 2),
        ("Cros", "on the waiting list", 3),
    ]
    assert "on the waiting list, number 3" in claire.get(TABLE).content.decode()
    assert shown(claire.get(TABLE, {"q": "Dumas"})) == [("Dumas", "confirmed", None)]


def test_days_are_those_of_the_cycle(claire: Client, cycle: Cycle) -> None:
    """Ten in the evening in Paris is the next day in La Réunion, in the table as in the report."""
    Cycle.objects.filter(pk=cycle.pk).update(timezone="Indian/Reunion")
    row = asks(cycle, "Payet", requested_at=dt.datetime(2026, 11, 10, 21, 0, tzinfo=dt.UTC))
    for page in (TABLE, f"{TABLE}{row.pk}/", DECIDE):
        text = claire.get(page.replace("/en/", "/fr/")).content.decode()
        assert ("mer. 11 nov. 2026" in text, "10 nov. 2026" in text) == (True, False), page


def test_with_a_stop_chosen_the_table_is_about_that_stop(claire: Client, cycle: Cycle) -> None:
    first, second = (
        make.session(cycle=cycle, slug=f"escale-{number:02d}", number=number, capacity=1) for number in (1, 2)
    )
    for number, (name, state) in enumerate(
        (("Zola", "confirmed"), ("Yver", "waitlisted"), ("Abel", "waitlisted"))
    ):
        row = asks(cycle, name, state="confirmed")
        there: dict[str, Any] = {"participant": row.participant, "cycle_registration": row}
        waits = {"state": state, "queued_at": AT + number * MINUTE}
        if state == "waitlisted":
            waits["confirmed_at"] = None
        make.registration(session=first, **there, **waits)
        # At the other stop the queue is another one.
        make.registration(session=second, **there, **{**waits, "queued_at": AT - number * MINUTE})
    page = {"stop": "escale-01", "sort": "state"}
    assert shown(claire.get(TABLE, page)) == [
        ("Zola", "confirmed", None),
        ("Yver", "on the waiting list", 1),
        ("Abel", "on the waiting list", 2),
    ]
    assert shown(claire.get(TABLE, {**page, "stop": "escale-02"})) == [
        ("Zola", "confirmed", None),
        ("Abel", "on the waiting list", 1),
        ("Yver", "on the waiting list", 2),
    ]
    assert [row.stops for row in claire.get(TABLE, page).context["rows"]] == [2, 2, 2]


def test_whoever_was_erased_is_not_counted(claire: Client, cycle: Cycle) -> None:
    asks(cycle, "Abel")
    gone = asks(cycle, "Béranger").participant
    gone.email = gone.given_name = gone.family_name = gone.organisation_name = ""
    gone.anonymised_at = AT
    gone.save()
    response = claire.get(TABLE)
    assert (response.context["page"].paginator.count, len(shown(response))) == (1, 1)
    assert claire.get(TABLE, {"state": "in_review"}).context["page"].paginator.count == 1


# decided together


def test_those_ticked_are_accepted_in_the_order_in_which_they_asked(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(registration_mode="approval", capacity=1)
    late, early = asks(cycle, "Abel", requested_at=AT + MINUTE), asks(cycle, "Béranger")
    other, in_already = asks(cycle, "Cros"), asks(cycle, "Dumas", state="cancelled", cancelled_at=AT)
    page = claire.get(DECIDE, {"person": [str(late.pk), str(early.pk), str(in_already.pk), "x", str(10**30)]})
    selection = page.context["selection"]
    assert (selection.people, selection.others) == ((early, late), 1)
    assert "1 other person that you chose waits for no decision" in page.content.decode()
    done = claire.post(
        DECIDE,
        {"people": selection.numbers, "decision": "accept", "message": "Welcome aboard"},
        follow=True,
    )
    assert [str(message) for message in done.context["messages"]] == [
        "2 requests are decided; each person is told by email.",
        told("Registration confirmed: to 1 person", "On the waiting list: to 1 person"),
    ]
    states = {row.pk: row.state for row in CycleRegistration.objects.all()}
    assert states == {
        early.pk: "confirmed",
        late.pk: "waitlisted",
        other.pk: "in_review",
        in_already.pk: "cancelled",
    }
    assert sorted(Delivery.objects.values_list("kind", flat=True)) == [
        "registration_confirmed",
        "waiting_list",
    ]
    assert list(AuditEntry.objects.values_list("verb", "target_id").order_by("pk")) == [
        ("registration.accept", early.pk),
        ("registration.accept", late.pk),
    ]
    # Pressed again by the back button: nothing is decided twice.
    again = claire.post(DECIDE, {"people": selection.numbers, "decision": "refuse"})
    assert again.status_code == 422
    assert "Nobody of the people chosen waits for a decision." in again.content.decode()
    assert Delivery.objects.count() == 2


def test_what_was_answered_is_read_before_the_decision(claire: Client, cycle: Cycle) -> None:
    question = make.question(cycle=cycle)
    row = asks(cycle, "Abel")
    row.answers = {str(question.pk): "To learn"}
    row.save(update_fields=["answers"])
    page = claire.get(DECIDE, {"person": str(row.pk)}).content.decode()
    assert "Why do you come? <strong>To learn</strong>" in page
    assert ("Accept all of them" in page, 'value="accept">Accept</button>' in page) == (False, True)
    asks(cycle, "Zola")
    assert "Accept all of them" in claire.get(DECIDE).content.decode()


def test_with_nobody_ticked_the_filters_say_who(claire: Client, cycle: Cycle) -> None:
    asked = [asks(cycle, name) for name in ("Abel", "Abelard", "Cros")]
    page = claire.get(DECIDE, {"q": "abel"})
    assert page.context["selection"].people == tuple(asked[:2])
    claire.post(DECIDE, {"people": page.context["selection"].numbers, "decision": "refuse"})
    assert list(CycleRegistration.objects.order_by("pk").values_list("state", flat=True)) == [
        "refused",
        "refused",
        "in_review",
    ]


def test_people_of_another_cycle_cannot_be_decided_on(claire: Client, cycle: Cycle) -> None:  # noqa: ARG001
    elsewhere = asks(make.cycle(), "Abel")
    assert claire.get(DECIDE, {"person": elsewhere.pk}).context["selection"].people == ()
    assert claire.post(DECIDE, {"people": str(elsewhere.pk), "decision": "accept"}).status_code == 422
    elsewhere.refresh_from_db()
    assert elsewhere.state == State.IN_REVIEW


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Accept or refuse: press one of the buttons."),
        ({"decision": "drop"}, "Select a valid choice."),
        ({"decision": "accept", "message": "x" * 1001}, "1000"),
        ({"decision": "accept", "people": "a,b,-1"}, "Nobody of the people chosen waits for a decision."),
    ],
)
def test_what_is_wrong_is_said_and_decides_nothing(
    claire: Client, cycle: Cycle, fields: dict[str, str], error: str
) -> None:
    asked = asks(cycle, "Abel")
    answer = claire.post(DECIDE, {"people": str(asked.pk), **fields})
    assert (answer.status_code, error in answer.content.decode()) == (422, True)
    asked.refresh_from_db()
    assert asked.state == State.IN_REVIEW


def test_five_hundred_are_decided_at_a_time(
    claire: Client, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MOST", 2)
    monkeypatch.setattr(decisions, "LISTED", 1)
    for name in ("Abel", "Béranger", "Cros"):
        asks(cycle, name)
    page = claire.get(DECIDE)
    assert [row.participant.family_name for row in page.context["selection"].people] == ["Abel", "Béranger"]
    text = page.content.decode()
    assert "2 are decided at a time, those who asked first. 1 more waits: come back for it." in text
    assert "And 1 more." in text


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_pages_count_their_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        asks(cycle, f"Nom {number}")
        asks(cycle, f"Autre {number}", state="waitlisted", queued_at=AT)
    with django_assert_num_queries(12):
        claire.get(TABLE)
    with django_assert_num_queries(9):
        claire.get(DECIDE)


def test_the_spreadsheet_is_the_table(claire: Client, cycle: Cycle) -> None:
    asks(cycle, "=1+1", state="confirmed")
    asks(cycle, "Autre", state="confirmed")
    response = claire.get("/en/desk/cycles/tour/registrants.xlsx", {"q": "1+1"})
    assert response.headers["Content-Disposition"] == 'attachment; filename="tour.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[:2] for row in rows] == [("Family name", "Given name"), ("=1+1", "P")]
    assert rows[1][7:10] == (0, "", AT.replace(tzinfo=None))
    assert list(AuditEntry.objects.values_list("verb", "detail", "count")) == [
        ("registrants.export", "xlsx", 1)
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_columns_of_the_file_are_called_the_same(cycle: Cycle, language: str) -> None:
    with translation.override(language):
        columns, _asked = registrants.header(cycle)
    assert len(columns) == len(set(columns)), columns


@pytest.mark.parametrize(
    ("state", "source", "told"),
    [
        ("in_review", "form", "Address confirmed"),
        ("confirmed", "form", "Confirmed"),
        ("in_review", "organiser", ""),
    ],
)
def test_a_request_is_not_called_confirmed(
    claire: Client, cycle: Cycle, state: str, source: str, told: str
) -> None:
    row = asks(cycle, "Essai", state=state, source=source, confirmed_at=AT)
    content = claire.get(f"{TABLE}{row.pk}/").content.decode()
    assert [word for word in ("Address confirmed", "Confirmed") if f"<dt>{word}</dt>" in content] == (
        [told] if told else []
    )
