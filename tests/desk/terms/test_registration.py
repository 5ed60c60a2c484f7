"""How a cycle takes registrations: terms, questions, codes; and deciding about one person."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Membership
from cycles.site.page_cache.snapshots import store
from notifications.mail import compose
from notifications.models import Delivery
from registrations import booking
from registrations.models import CycleRegistration, Question, SourceCode, State
from registrations.pages.form import forms
from tests import make
from tests.desk.browsing import go_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC)
Kind = Question.Kind


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle, number=1)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    membership = make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client


def page(name: str, *args: Any) -> str:
    with translation.override("en"):
        return reverse(f"desk:{name}", args=["tour", *args])


def terms(**fields: str) -> dict[str, str]:
    return {
        "registration_mode": "open",
        "registration_opens_at": "",
        "registration_closes_at": "",
        "capacity": "",
        "offer_hours": "",
    } | fields


def people(cycle: Cycle, count: int) -> list[CycleRegistration]:
    results = []
    for n in range(count):
        at = NOW + dt.timedelta(minutes=n)
        applicant = booking.Applicant(email=f"p{n}@example.org", given_name="P", family_name=str(n))
        asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        results.append(booking.confirm(asked, at=at))
    return results


def state(registration: CycleRegistration) -> str:
    registration.refresh_from_db()
    return registration.state


def test_terms_are_written_in_the_hours_of_the_cycle(claire: Client, cycle: Cycle) -> None:
    answer = claire.post(
        page("registration"),
        terms(
            registration_mode="approval",
            registration_opens_at="2026-11-02T09:00",
            registration_closes_at="2027-06-01T18:30",
            capacity="40",
            offer_hours="48",
        ),
    )
    assert answer.status_code == 302
    cycle.refresh_from_db()
    assert (cycle.registration_mode, cycle.capacity, cycle.offer_hours) == ("approval", 40, 48)
    assert cycle.registration_opens_at == make.paris(2026, 11, 2, 9)
    assert cycle.registration_closes_at == make.paris(2027, 6, 1, 18, 30)
    shown = claire.get(page("registration")).content.decode()
    assert 'value="2027-06-01T18:30"' in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"capacity": "0"},
        {"capacity": "-3"},
        {"capacity": "many"},
        {"offer_hours": "337"},
        {"registration_mode": "magic"},
        {"registration_opens_at": "tomorrow"},
        {"registration_opens_at": "2026-11-02T09:00", "registration_closes_at": "2026-11-02T09:00"},
    ],
)
def test_terms_that_make_no_sense_are_not_saved(claire: Client, cycle: Cycle, fields: dict[str, str]) -> None:
    answer = claire.post(page("registration"), terms(**fields))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    cycle.refresh_from_db()
    assert (cycle.capacity, cycle.offer_hours, cycle.registration_opens_at) == (None, None, None)


def test_more_places_in_the_cycle_let_those_in_who_wait(claire: Client, cycle: Cycle) -> None:
    claire.post(page("registration"), terms(capacity="1"))
    cycle.refresh_from_db()
    result = people(cycle, 3)
    assert b"2 people wait for a place" in claire.get(page("registration")).content
    asked = claire.post(page("registration"), terms(capacity="2"))
    assert "A place was given: to 1 person, at once." in asked.content.decode()
    assert [state(row) for row in result] == [State.CONFIRMED, State.WAITLISTED, State.WAITLISTED]
    done = go_on(claire, asked)
    assert done.status_code == 302
    assert [state(row) for row in result] == [State.CONFIRMED, State.CONFIRMED, State.WAITLISTED]


def test_somebody_who_asks_is_accepted_with_a_message(claire: Client, cycle: Cycle) -> None:
    claire.post(page("registration"), terms(registration_mode="approval"))
    cycle.refresh_from_db()
    [asked] = people(cycle, 1)
    assert (asked.state, asked.registrations.count()) == (State.IN_REVIEW, 0)
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["confirm_address", "request_received"]
    assert b"1 request waits for your decision" in claire.get(page("registration")).content
    listed = claire.get(page("registrants"), {"state": "in_review"}).content.decode()
    assert page("registrant", asked.pk) in listed
    answer = claire.post(
        page("registrant", asked.pk), {"decision": "accept", "message": "Bienvenue <b>à bord</b>"}
    )
    assert answer.status_code == 302
    assert (state(asked), asked.registrations.count()) == (State.CONFIRMED, 1)
    assert asked.decision_message == "Bienvenue <b>à bord</b>"
    mail = compose.message(Delivery.objects.latest("pk"), at=NOW)
    assert "Bienvenue <b>à bord</b>" in mail.body
    assert "&lt;b&gt;" in str(mail.alternatives[0][0])


def test_a_refusal_stands_until_it_is_taken_back(claire: Client, cycle: Cycle) -> None:
    cycle.registration_mode = Cycle.RegistrationMode.APPROVAL
    cycle.save(update_fields=["registration_mode"])
    [asked] = people(cycle, 1)
    address = page("registrant", asked.pk)
    claire.post(address, {"decision": "refuse", "message": "Le groupe est complet."})
    claire.post(address, {"decision": "refuse", "message": "Autre chose"})
    assert (state(asked), asked.decision_message) == (State.REFUSED, "Le groupe est complet.")
    assert "Le groupe est complet." in compose.message(Delivery.objects.latest("pk"), at=NOW).body
    # Asking again changes nothing and says nothing of it on the form.
    applicant = booking.Applicant(email="p0@example.org", given_name="P", family_name="0")
    booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=NOW)
    assert state(asked) == State.REFUSED
    claire.post(address, {"decision": "accept", "message": ""})
    assert state(asked) == State.CONFIRMED
    kinds = Delivery.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "confirm_address",
        "request_received",
        "request_refused",
        "already_registered",
        "registration_confirmed",
    ]
    # In once, in for good: coming back needs no second decision.
    booking.cancel_all(asked, at=NOW)
    booking.take_all(asked, at=NOW)
    assert state(asked) == State.CONFIRMED


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"message": "Bonjour"}, "<li>Accept or refuse: press one of the buttons.</li>"),
        ({"decision": "drop"}, "<li>Select a valid choice."),
    ],
)
def test_a_form_without_a_decision_decides_nothing(
    claire: Client, cycle: Cycle, typed: dict[str, str], words: str
) -> None:
    cycle.registration_mode = Cycle.RegistrationMode.APPROVAL
    cycle.save(update_fields=["registration_mode"])
    [asked] = people(cycle, 1)
    answer = claire.post(page("registrant", asked.pk), typed)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (state(asked), asked.decided_at) == (State.IN_REVIEW, None)
    assert not Delivery.objects.filter(kind="request_refused").exists()


def test_who_is_in_cannot_be_refused_and_who_left_not_accepted(claire: Client, cycle: Cycle) -> None:
    inside, gone = people(cycle, 2)
    booking.cancel_all(gone, at=NOW)
    for row, decision in ((inside, "refuse"), (gone, "accept")):
        answer = claire.post(page("registrant", row.pk), {"decision": decision})
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert [state(inside), state(gone)] == [State.CONFIRMED, State.CANCELLED]


def test_what_somebody_needs_is_for_those_who_organise(claire: Client, cycle: Cycle) -> None:
    [row] = people(cycle, 1)
    CycleRegistration.objects.filter(pk=row.pk).update(accessibility_need="Sous-titres")
    address = page("registrant", row.pk)
    assert b"Sous-titres" in claire.get(address).content
    trainer = make.membership(programme=cycle.programme, role=Membership.Role.PRIVACY)
    claire.force_login(trainer.user)
    seen = claire.get(address)
    assert (seen.status_code, b"Sous-titres" in seen.content) == (200, False)


QUESTION = {
    "label_fr": "Quel atelier\u202f?",
    "label_en": "Which workshop?",
    "kind": "choice",
    "choices_fr": "Lever des fonds\nTenir un budget",
    "choices_en": "Raise funds\nKeep a budget",
    "help_text_fr": "",
    "help_text_en": "",
    "is_required": "on",
    "order": "1",
}


def ask(client: Client, cycle: Cycle, **fields: Any) -> Any:
    """Send the registration form in English."""
    typed = {
        "given_name": "Zoë",
        "family_name": "O'Brien-Nguyễn",
        "email": f"zoe{CycleRegistration.objects.count()}@example.org",
        "scope": "all",
        "started": forms.mark(at=NOW - dt.timedelta(minutes=1)),
    }
    with translation.override("en"):
        return client.post(reverse("registrations:register", args=[cycle.slug]), typed | fields)


def test_a_question_is_asked_checked_kept_and_exported(claire: Client, cycle: Cycle) -> None:
    assert claire.post(page("question-new"), QUESTION).status_code == 302
    question = Question.objects.get()
    name = f"question_{question.pk}"
    with translation.override("en"):
        form = claire.get(reverse("registrations:register", args=[cycle.slug])).content.decode()
    assert "Which workshop?" in form
    assert form.index("Raise funds") < form.index("Keep a budget")
    missing = ask(claire, cycle)
    assert "Answer this question" in missing.content.decode()
    assert ask(claire, cycle, **{name: "7"}).status_code == 200
    assert not CycleRegistration.objects.exists()
    assert ask(claire, cycle, **{name: "1"}).status_code == 302
    row = CycleRegistration.objects.get()
    assert row.answers == {str(question.pk): "Tenir un budget"}
    assert b"Tenir un budget" in claire.get(page("registrant", row.pk)).content
    assert exported(claire)[-1] == {"Source": "", "Which workshop?": "Tenir un budget"}


def exported(client: Client) -> list[dict[str, str]]:
    """The columns of the CSV after the person's own."""
    answer = client.get(page("registrants-export"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    return [dict(list(row.items())[10:]) for row in rows]


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "cell"),
    [
        (Kind.SHORT, "=HYPERLINK(1)", "=HYPERLINK(1)", "'=HYPERLINK(1)"),
        (Kind.LONG, "Une ligne\r\nDeux", "Une ligne\r\nDeux", "Une ligne\r\nDeux"),
        (Kind.CHOICE, "0", "@Un", "'@Un"),
        (Kind.SEVERAL, ["0", "1"], ["@Un", "Deux"], "'@Un, Deux"),
        (Kind.YES_NO, "no", False, "No"),
        (Kind.YES_NO, "", None, ""),
    ],
)
def test_every_kind_of_answer(
    claire: Client, cycle: Cycle, *, kind: str, typed: Any, kept: Any, cell: str
) -> None:
    question = make.question(cycle=cycle, kind=kind, choices={"fr": "@Un\nDeux", "en": "One\nTwo"})
    assert ask(claire, cycle, **{f"question_{question.pk}": typed}).status_code == 302
    assert CycleRegistration.objects.get().answers.get(str(question.pk)) == kept
    assert exported(claire) == [{"Source": "", "Why do you come?": cell}]


@pytest.mark.parametrize(
    "fields",
    [
        {"label_fr": ""},
        {"kind": "essay"},
        {"choices_fr": "Une seule"},
        {"choices_en": "Just one"},
        {"label_fr": "x" * 301},
        {"order": "0"},
    ],
)
def test_a_question_that_cannot_be_asked_is_not_saved(claire: Client, cycle: Cycle, fields: Any) -> None:
    answer = claire.post(page("question-new"), QUESTION | fields)
    assert (answer.status_code, cycle.questions.count()) == (422, 0)


def test_a_question_that_was_answered_is_retired_and_one_that_was_not_is_gone(
    claire: Client, cycle: Cycle
) -> None:
    first, second = make.question(cycle=cycle, order=1), make.question(cycle=cycle, order=2)
    ask(claire, cycle, **{f"question_{first.pk}": "Pour apprendre"})
    for question in (first, second):
        claire.post(page("question-retire", question.pk))
    assert list(Question.objects.values_list("pk", "is_retired")) == [(first.pk, True)]
    # Done by the commit, which a test never reaches.
    store.recheck()
    with translation.override("en"):
        form = claire.get(reverse("registrations:register", args=[cycle.slug])).content
    assert b"Why do you come?" not in form
    assert exported(claire) == [{"Source": "", "Why do you come?": "Pour apprendre"}]


def test_a_question_is_changed(claire: Client, cycle: Cycle) -> None:
    question = make.question(cycle=cycle)
    shown = claire.get(page("question-edit", question.pk)).content.decode()
    assert 'value="Why do you come?"' in shown
    claire.post(page("question-edit", question.pk), QUESTION | {"is_required": ""})
    question.refresh_from_db()
    assert (question.kind, question.options("en")) == ("choice", ["Raise funds", "Keep a budget"])


def test_codes_are_kept_by_line(claire: Client, cycle: Cycle) -> None:
    SourceCode.objects.create(cycle=cycle, code="old")
    claire.post(page("registration-codes"), {"codes": "croix-rouge Croix-Rouge, lettre de juin\n\nlettre\n"})
    queryset = SourceCode.objects.values_list("code", "label")
    assert list(queryset) == [("croix-rouge", "Croix-Rouge, lettre de juin"), ("lettre", "")]
    ask(claire, cycle, src="lettre")
    ask(claire, cycle, src="old")
    codes = CycleRegistration.objects.order_by("pk").values_list("source_code", flat=True)
    assert list(codes) == ["lettre", ""]


@pytest.mark.parametrize(
    "codes", ["Croix_Rouge", "<script>", "x" * 41, "\n".join(f"c{n}" for n in range(201))]
)
def test_codes_that_are_none(claire: Client, cycle: Cycle, codes: str) -> None:
    answer = claire.post(page("registration-codes"), {"codes": codes})
    assert (answer.status_code, cycle.source_codes.count()) == (422, 0)
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "0026-11-01T09:00", "9999-12-31T23:59"])
def test_a_year_typed_by_mistake_is_told(claire: Client, cycle: Cycle, moment: str) -> None:
    wrong = claire.post(page("registration"), terms(registration_opens_at=moment))
    assert (wrong.status_code, wrong.context["terms"].errors) == (
        422,
        {"registration_opens_at": ["Give a year between 2000 and 2099."]},
    )
    cycle.refresh_from_db()
    assert cycle.registration_opens_at is None
