"""Lists as people really have them: mails, exports of forms and ticketing, our own export, spreadsheets."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from cycles.models import Cycle, Membership
from registrations import booking
from registrations.models import CycleRegistration, Participant, Question, Registration
from registrations.tables.models import ColumnChoice
from tests import make
from tests.desk.people.test_roster import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"
AT = make.AT
PAGE = "/en/desk/cycles/tour/registrants/import/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, month in enumerate((10, 11), start=1):
        make.session(cycle=cycle, number=number, starts_at=make.paris(2026, month, 22))
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def look(client: Client, content: bytes, **said: Any) -> Any:
    file = SimpleUploadedFile("list.csv", content)
    return client.post(PAGE, {"file": file, "language": "fr", **said})


def save(client: Client, page: Any, **said: Any) -> Any:
    data = {"text": page.context["form"]["text"].value(), "language": "fr", "knows": "on"}
    for column in page.context["form"].columns.fields:
        data[column.name] = next((value for value, _words, chosen in column.options if chosen), "")
    return client.post(f"{PAGE}save/", data | said, follow=True)


def lines(page: Any) -> list[tuple[str, str, str, str]]:
    return [
        (step.line.email, step.line.given_name, step.line.family_name, step.act.value)
        for step in page.context["preview"].steps
    ]


def registered() -> list[tuple[str, str, str]]:
    rows = Participant.objects.order_by("email").values_list("email", "given_name", "family_name")
    return list(rows)


def test_what_outlook_gives_is_three_people_of_whom_one_lacks_a_name(claire: Client) -> None:
    assert lines(look(claire, (FILES / "19-names.txt").read_bytes())) == [
        ("amina@example.org", "Amina", "Essai", "new"),
        ("zoe@example.org", "Zoë", "Essai", "new"),
        ("noel@example.org", "", "", "wrong"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Amina Essai <mailto:amina@example.org>, Zoë Essai <zoe@example.org>",
        "Amina Essai [amina@example.org];\nZoë Essai <zoe@example.org>.\n",
        "'Amina Essai' <amina@example.org>\r\n“Zoë Essai” <zoe@example.org>;",
        "amina@example.org (Amina Essai); mailto:zoe@example.org (Zoë Essai)",
        "ESSAI Amina <amina@example.org>;Zoë ESSAI <zoe@example.org>",
        "1. Amina Essai <amina@example.org>\n2. Zoë Essai <zoe@example.org>",
        "- Amina Essai (amina@example.org)\n- Zoë Essai (zoe@example.org).",
        "• [Amina Essai](mailto:amina@example.org)\n• [Zoë Essai](mailto:zoe@example.org)",
        "Amina Essai <amina@\nexample.org>, Zoë Essai <zoe@exam\r\n ple.org>",
    ],
)
def test_a_mail_program_s_lists(claire: Client, text: str) -> None:
    page = look(claire, text.encode())
    assert [(email, given, family.title(), act) for email, given, family, act in lines(page)] == [
        ("amina@example.org", "Amina", "Essai", "new"),
        ("zoe@example.org", "Zoë", "Essai", "new"),
    ]


def test_addresses_alone_are_understood_and_names_asked_for(claire: Client) -> None:
    page = look(claire, (FILES / "19-addresses.txt").read_bytes())
    assert lines(page) == [("amina@example.org", "", "", "wrong"), ("zoe@example.org", "", "", "wrong")]
    assert "Line 2: The name is missing" in page.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "1. amina@example.org.\n2. zoe@example.org,",
        "(1) amina@example.org\n(2) zoe@example.org",
        "amina@example.org zoe@example.org",
        "<amina@example.org>  <zoe@example.org>",
    ],
)
def test_numbers_of_a_list_are_no_names(claire: Client, text: str) -> None:
    assert lines(look(claire, text.encode())) == [
        ("amina@example.org", "", "", "wrong"),
        ("zoe@example.org", "", "", "wrong"),
    ]


@pytest.mark.parametrize(
    ("heading", "amina", "zoe"),
    [
        ("Inscrit", "oui", "non"),
        ("Inscription", "01/10/2026", "Non"),
        ("Je m’inscris", "Oui", "non"),
        ("Annulé", "", "oui"),
        ("Annulation", "non", "12/10/2026"),
        ("Cancelled", "FALSE", "TRUE"),
        ("Remboursement", "0,00 €", "12,00 €"),
        ("Statut;Annulé", "Payé;", "Payé;x"),
        ("Annulé;Statut", ";Payé", ";Annulé"),
    ],
)
def test_whom_a_list_says_no_of_is_asked_about(claire: Client, heading: str, amina: str, zoe: str) -> None:
    page = look(
        claire,
        f"E-mail;Prénom;Nom;{heading}\namina@example.org;Amina;Essai;{amina}\n"
        f"zoe@example.org;Zoë;Essai;{zoe}\n".encode(),
    )
    assert lines(page) == [
        ("amina@example.org", "Amina", "Essai", "new"),
        ("zoe@example.org", "Zoë", "Essai", "ask"),
    ]
    save(claire, page)
    assert registered() == [("amina@example.org", "Amina", "Essai")]


def test_a_separator_that_is_named_and_lines_of_title(claire: Client) -> None:
    amina = [("amina@example.org", "Amina", "Essai", "new")]
    assert lines(look(claire, (FILES / "20-sep.csv").read_bytes())) == amina
    title = (
        "Inscriptions au 12 novembre\n\nSource : site;;\nE-mail|Prénom|Nom\namina@example.org|Amina|Essai\n"
    )
    assert lines(look(claire, title.encode("utf-16"))) == amina


def test_a_ticketing_export_asks_who_has_the_address_and_leaves_out_who_was_refunded(claire: Client) -> None:
    page = look(claire, (FILES / "11-payer.csv").read_bytes())
    assert lines(page) == [
        ("paul@example.org", "Zoë", "Essai", "ask"),
        ("paul@example.org", "Loïc", "Essai", "ask"),
        ("noel@example.org", "Noël", "Essai", "ask"),
    ]
    asked = page.context["preview"].questions
    assert [step.why for step in asked] == [
        "several people have this address: choose the one to whom it belongs",
        "several people have this address: choose the one to whom it belongs",
        "the list says “Remboursé”: not registered, unless you say so",
    ]
    assert page.context["form"].columns.fields[4].heading == "Email payeur"
    # Both ticked: one of them is not registered, is not called the other, and can still be chosen.
    both = look(claire, (FILES / "11-payer.csv").read_bytes(), take=[asked[0].key, asked[1].key])
    told = [(step.line.given_name, step.act.value, step.why) for step in both.context["preview"].questions]
    why = "this address is further up in the list, and is registered once: tick one person only"
    assert told[:2] == [("Zoë", "new", ""), ("Loïc", "twice", why)]
    save(claire, page, take=[asked[1].key])
    assert registered() == [("paul@example.org", "Loïc", "Essai")]


def test_which_column_is_which_is_said_once_for_the_programme(claire: Client) -> None:
    text = (
        "Contact;Identité;Autre\namina@example.org;Amina;x@example.org\nzoe@example.org;Zoë;y@example.org\n"
    )
    page = look(claire, text.encode())
    assert [act for *_line, act in lines(page)] == ["wrong", "wrong"]
    named = [column.name for column in page.context["form"].columns.fields]
    result = dict(zip(named, ("", "name", "email"), strict=True))
    # Another file keeps its own columns, whatever was said of this one's.
    other = look(claire, "E-mail;Nom;Prénom\na@example.org;B;A\n".encode(), **result)
    assert lines(other) == [("a@example.org", "A", "B", "new")]
    assert lines(look(claire, text.encode(), **result)) == [
        ("x@example.org", "Amina", "", "new"),
        ("y@example.org", "Zoë", "", "new"),
    ]
    assert ColumnChoice.objects.count() == 0
    save(claire, page, **result)
    assert registered() == [("x@example.org", "Amina", ""), ("y@example.org", "Zoë", "")]
    again = look(claire, "Contact;Identité;Autre\nw@example.org;Noël;n@example.org\n".encode())
    assert lines(again) == [("n@example.org", "Noël", "", "new")]


def test_our_own_export_comes_back_as_it_was(claire: Client) -> None:
    page = look(claire, (FILES / "29-exported.csv").read_bytes())
    assert lines(page) == [
        ("amina@example.org", "Amina", "-Dash", "new"),
        ("zoe@example.org", "Zoë", "Essai", "ask"),
    ]
    save(claire, page)
    person = Participant.objects.get()
    assert (person.family_name, person.organisation_name) == ("-Dash", "+1 asso")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_export_with_control_characters_is_read_again_elsewhere(
    claire: Client, cycle: Cycle, ending: str, language: str
) -> None:
    asked = make.question(cycle=cycle, label={"fr": "Des attentes ?", "en": "Expectations?"}, kind="long")
    first, second = (
        line.split(b": ", 1)[1].rsplit(b" (U+", 1)[0].decode()
        for line in (FILES / "29-answers.txt").read_bytes().split(b"\n")[:2]
    )
    for number, answer in enumerate((first, second)):
        person = make.participant(
            email=f"p{number}@example.org", given_name="=Zoë", family_name="+Élan", organisation_name="-Élan"
        )
        make.cycle_registration(cycle=cycle, participant=person, answers={str(asked.pk): answer})
    away = f"/{language}/desk/cycles/tour/registrants.{ending}"
    response: Any = claire.get(away)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    CycleRegistration.objects.all().delete()
    Participant.objects.all().delete()
    page = look(claire, content)
    save(claire, page)
    assert registered() == [("p0@example.org", "=Zoë", "+Élan"), ("p1@example.org", "=Zoë", "+Élan")]
    assert set(Participant.objects.values_list("organisation_name", flat=True)) == {"-Élan"}
    answers = CycleRegistration.objects.order_by("participant__email").values_list("answers", flat=True)
    written = [answer[str(asked.pk)] for answer in answers]
    assert written in (["ab", "ligne\nligne"], ["ab", "ligne ligne"])


def test_addresses_with_signs_that_nobody_sees_are_one_person(claire: Client) -> None:
    page = look(claire, (FILES / "13-invisible.csv").read_bytes())
    steps = page.context["preview"].steps
    assert steps[1].why == "this person is further up in the list"
    assert [step.act.value for step in steps][:6] == ["new", "twice", "new", "new", "new", "new"]


def test_a_spreadsheet_of_several_sheets_is_read_where_the_people_are(claire: Client) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Notes"])
    sheet = book.create_sheet("Inscrits")
    sheet.append(["Liste des inscrits"])
    sheet.append([])
    sheet.append(["Quel est votre prénom ?", "Votre nom", "Votre adresse e-mail", "Âge"])
    sheet.append(["Amina", "Essai", "amina@example.org", 34])
    sheet.append([None, None, None, None])
    sheet.append(["Zoë", "Essai", "zoe@example.org", 12.5])
    target = io.BytesIO()
    book.save(target)
    page = look(claire, target.getvalue())
    assert [
        (step.line.number, step.line.given_name, step.line.email) for step in page.context["preview"].steps
    ] == [
        (4, "Amina", "amina@example.org"),
        (6, "Zoë", "zoe@example.org"),
    ]
    save(claire, page)
    assert [email for email, *_name in registered()] == ["amina@example.org", "zoe@example.org"]


def test_questions_of_the_form_are_answered_in_the_list(claire: Client, cycle: Cycle) -> None:
    meal = make.question(
        cycle=cycle,
        kind=Question.Kind.CHOICE,
        label={"fr": "Repas", "en": "Meal"},
        choices={"fr": "Végétarien\nAvec viande", "en": "Vegetarian\nWith meat"},
    )
    days = make.question(
        cycle=cycle,
        kind=Question.Kind.SEVERAL,
        label={"fr": "Jours", "en": "Days"},
        choices={"fr": "Lundi\nMardi", "en": "Monday\nTuesday"},
    )
    bus = make.question(cycle=cycle, kind=Question.Kind.YES_NO, label={"fr": "Navette ?", "en": "Bus?"})
    text = (
        "E-mail;Prénom;Nom;Meal;Jours;Navette ?\n"
        "amina@example.org;Amina;Essai;vegetarian;Lundi, mardi;oui\n"
        "zoe@example.org;Zoë;Essai;Poisson;;\n"
        "noel@example.org;Noël;Essai;;Tuesday;No\n"
    )
    page = look(claire, text.encode())
    assert [act for *_line, act in lines(page)] == ["new", "wrong", "new"]
    assert "“Poisson” is no answer to “Meal”" in page.content.decode()
    save(claire, page)
    queryset = dict(CycleRegistration.objects.values_list("participant__email", "answers"))
    assert queryset == {
        "amina@example.org": {
            str(meal.pk): "Végétarien",
            str(days.pk): ["Lundi", "Mardi"],
            str(bus.pk): True,
        },
        "noel@example.org": {str(days.pk): ["Mardi"], str(bus.pk): False},
    }


def test_the_preview_counts_what_then_happens(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(capacity=3)
    first = cycle.sessions.get(number=1)
    first.capacity = 1
    first.save()
    applicant = booking.Applicant(email="there@example.org", given_name="T", family_name="H")
    booking.add_all(cycle, applicants=[applicant], by=None, at=AT)
    text = (
        "e-mail;prénom;nom\n"
        + "".join(f"p{n}@example.org;P;{n}\n" for n in range(4))
        + "there@example.org;T;H\n"
    )
    page = look(claire, text.encode())
    assert [(step.act.value, step.words) for step in page.context["preview"].steps] == [
        ("new", "is registered, and waits for a place at 1 session"),
        ("new", "is registered, and waits for a place at 1 session"),
        ("new", "goes on the waiting list of the cycle"),
        ("new", "goes on the waiting list of the cycle"),
        ("known", "is registered already, or asked to be"),
    ]
    assert Registration.objects.count() == 2
    done = save(claire, page)
    assert [str(message) for message in done.context["messages"]] == [
        "2 people are registered. 2 are on the waiting list, and are told so.",
        told("Registration confirmed: to 2 people", "On the waiting list: to 2 people"),
    ]
    assert page.context["preview"].states == {"confirmed": 2, "waitlisted": 2}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_kinds_of_column_are_called_the_same(claire: Client, language: str) -> None:
    file = SimpleUploadedFile("list.csv", (FILES / "11-payer.csv").read_bytes())
    page: Any = claire.post(PAGE.replace("/en/", f"/{language}/"), {"file": file, "language": "fr"})
    for column in page.context["form"].columns.fields:
        words = [str(words) for _value, words, _chosen in column.options]
        assert len(words) == len(set(words)), words
