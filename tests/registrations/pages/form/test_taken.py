"""What the registration form keeps and refuses, and that it never tells who is known."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cycles.models import Cycle
from registrations import booking
from registrations.models import CycleRegistration, Participant, SourceCode, State
from registrations.pages.form import forms, intake, views
from registrations.rate_limits import flood, limits
from tests import make
from tests.make import AT
from tests.registrations.pages.form.filling import address, cycle_of, mark, typed

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_registering_asks_for_confirmation_and_names_nobody_in_the_address(client: Client) -> None:
    cycle, sessions = cycle_of(3)
    response = client.post(
        address(cycle), typed(scope="chosen", sessions=[sessions[1].pk], newsletter="on", tz="Indian/Reunion")
    )
    assert (response.status_code, response["Location"]) == (302, f"/fr/register/{cycle.slug}/sent/")
    registration = CycleRegistration.objects.select_related("participant").get()
    assert (
        registration.state,
        registration.scope,
        registration.requested_session_ids,
        registration.wants_newsletter,
        registration.requested_at,
    ) == (State.PENDING, "chosen", [sessions[1].pk], True, AT)
    person = registration.participant
    assert (person.given_name, person.family_name, person.email, person.organisation_name) == (
        "Amina",
        "Diallo-Lefèvre",
        "amina@asso-test.example.org",
        "Association des Quais",
    )
    assert (person.language, person.timezone, person.confirmed_at) == ("fr", "Indian/Reunion", None)
    assert client.get(response["Location"]).status_code == 200


def test_a_known_address_gets_the_very_same_answer(client: Client) -> None:
    cycle, _ = cycle_of(1)
    first = client.post(address(cycle), typed())
    booking.confirm(CycleRegistration.objects.get(), at=AT)
    second = client.post(address(cycle), typed(email="AMINA@Asso-Test.example.org"))
    assert (first.status_code, first["Location"], first.content) == (
        second.status_code,
        second["Location"],
        second.content,
    )
    assert CycleRegistration.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", "x" * 300),
        ("given_name", "Amina\nBcc: all@example.org"),
        ("given_name", "Amina\x00"),
        ("given_name", "Prime de 900 EUR https://cadeau.example.org/x"),
        ("given_name", "Voyez cadeau.example.org/x"),
        ("given_name", "gagnez sur cadeau。fr"),
        # Of one letter, as those of chats, and of other alphabets.
        ("given_name", "ecrivez t.me/cadeau"),
        ("family_name", "t。me/cadeau"),
        ("given_name", "приз.рф"),
        ("given_name", "大奖品。中国"),
        ("family_name", "www.cadeau.example"),
        ("family_name", "ecrivez a x@example.org"),
        ("family_name", "x\r\nSubject: y"),
        ("email", ""),
        ("email", "a@b"),
        ("email", "x@example.org\nBcc: y@example.org"),
        ("email", "x@example.org, y@example.org"),
        ("email", "Amina <x@example.org>"),
        ("email", "x" * 250 + "@example.org"),
        ("organisation_name", "x" * 201),
        ("scope", ""),
        ("scope", "everything"),
        ("accessibility_need", "x" * 501),
        ("sessions", ["999999"]),
        ("sessions", ["0 OR 1=1"]),
        ("started", ""),
        ("started", "forged"),
    ],
)
def test_bad_input_is_refused_by_name_and_what_was_typed_is_kept(
    client: Client, field: str, value: Any
) -> None:
    cycle, _ = cycle_of(2)
    response = client.post(address(cycle), typed(**{field: value}))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert 'role="alert" tabindex="-1" autofocus' in page
    assert 'value="Association des Quais"' in page or field == "organisation_name"
    assert not Participant.objects.exists()


def test_choosing_dates_without_ticking_any(client: Client) -> None:
    cycle, _ = cycle_of(1)
    response = client.post(address(cycle), typed(scope="chosen"))
    assert list(response.context["form"].errors) == ["sessions"]


@pytest.mark.parametrize(
    ("typed_name", "kept"),
    [
        ("  Zoë  ", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("O'Brien-Nguyễn", "O'Brien-Nguyễn"),
        ("Jean\u2011Noël d’Âme", "Jean\u2011Noël d’Âme"),
        ("أمينة", "أمينة"),
        ("\u202eanimA", "animA"),
        ("Amina 👩🏽\u200d🏫", "Amina 👩🏽\u200d🏫"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK()", "=HYPERLINK()"),
    ],
)
def test_names_of_everywhere_are_kept_as_text(client: Client, typed_name: str, kept: str) -> None:
    cycle, _ = cycle_of(1)
    client.post(address(cycle), typed(given_name=typed_name))
    assert Participant.objects.get().given_name == kept


def test_markup_is_shown_as_text(client: Client) -> None:
    cycle, _ = cycle_of(1)
    page = client.post(address(cycle), typed(email="", organisation_name="<script>alert(1)</script>"))
    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in page.content


def test_a_space_around_the_address_is_forgiven(client: Client) -> None:
    cycle, _ = cycle_of(1)
    client.post(address(cycle), typed(email=" zoe+webinaire@example.org "))
    assert Participant.objects.get().email == "zoe+webinaire@example.org"


def test_a_filled_trap_gives_the_form_again_with_what_was_typed(client: Client) -> None:
    cycle, _ = cycle_of(1)
    response = client.post(address(cycle, "en"), typed(blank="https://amina.example.org"))
    page = response.content.decode()
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["blank"])
    assert "perhaps by your browser" in page
    assert [f'value="{kept}"' in page for kept in ("Amina", "amina@asso-test.example.org")] == [True, True]
    assert "amina.example.org" not in page.replace("asso-test.example.org", "")
    assert not Participant.objects.exists()
    # Sent again as the page shows it, it goes on.
    assert client.post(address(cycle, "en"), typed(blank="")).status_code == 302
    assert CycleRegistration.objects.count() == 1


@pytest.mark.parametrize("name", ["website", "url", "phone", "company", "address", "nickname"])
def test_what_a_program_adds_to_the_form_loses_nobody(client: Client, name: str) -> None:
    cycle, _ = cycle_of(1)
    assert name not in re.findall(r'<input[^>]*\bname="([^"]+)"', client.get(address(cycle)).content.decode())
    assert client.post(address(cycle), typed(**{name: "https://amina.example.org"})).status_code == 302
    assert CycleRegistration.objects.count() == 1


def test_a_form_sent_too_fast_twice_is_taken_a_moment_later(client: Client) -> None:
    cycle, _ = cycle_of(1)
    page = client.post(address(cycle), typed(started=mark(seconds_ago=0))).content.decode()
    with time_machine.travel(AT + dt.timedelta(seconds=1), tick=False):
        page = client.post(address(cycle), typed(started=_mark_of(page))).content.decode()
    # Not a new mark each time: two seconds after the page was opened the form is good.
    with time_machine.travel(AT + dt.timedelta(seconds=2), tick=False):
        assert client.post(address(cycle), typed(started=_mark_of(page))).status_code == 302


def _mark_of(page: str) -> str:
    match = re.search(r'name="started" value="([^"]+)"', page)
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    ("seconds", "is_taken"), [(0, False), (1, False), (2, True), (86_400, True), (90_000, False)]
)
def test_neither_too_fast_nor_too_old(client: Client, seconds: int, is_taken: bool) -> None:  # noqa: FBT001 - a case
    cycle, _ = cycle_of(1)
    response = client.post(address(cycle), typed(started=mark(seconds_ago=seconds)))
    assert Participant.objects.exists() is is_taken
    if not is_taken:
        # Shown again with a fresh mark: sending it once more, a little later, works.
        fresh = re.search(r'name="started" value="([^"]+)"', response.content.decode())
        assert fresh is not None
        with time_machine.travel(AT + dt.timedelta(seconds=3), tick=False):
            assert client.post(address(cycle), typed(started=fresh[1])).status_code == 302


@pytest.mark.parametrize(
    ("given", "family", "name"),
    [("Amina", "", "Amina"), ("", "Diallo", "Diallo"), (" ", "D’Arc", "D’Arc"), ("J. R. R.", "", "J. R. R.")],
)
def test_one_name_is_enough(client: Client, given: str, family: str, name: str) -> None:
    cycle, _ = cycle_of(1)
    assert client.post(address(cycle), typed(given_name=given, family_name=family)).status_code == 302
    assert str(Participant.objects.get()) == name


@pytest.mark.parametrize("names", [("", ""), (" ", "\u202e\u200b")])
def test_no_name_at_all_is_refused_once(client: Client, names: tuple[str, str]) -> None:
    cycle, _ = cycle_of(1)
    response = client.post(address(cycle), typed(given_name=names[0], family_name=names[1]))
    assert dict(response.context["form"].errors) == {
        "given_name": ["Indiquez un nom\u202f: un seul des deux suffit."]
    }


def test_a_cycle_flooded_with_requests_asks_to_come_back_and_people_who_confirm_are_no_flood(
    client: Client, settings: Settings
) -> None:
    settings.ESCALE_UNCONFIRMED_AN_HOUR = 3
    settings.ESCALE_REGISTRATIONS_A_MINUTE = 100
    cycle, _ = cycle_of(1)
    answers = [client.post(address(cycle), typed(email=f"p{number}@example.org")) for number in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    # No mail went to the address of somebody who comes too late: the page sends nobody to their mailbox.
    assert "sans l’avoir encore confirmé" in answers[4].content.decode()
    assert "viennent d’être envoyés" not in answers[4].content.decode()
    assert [(one.pk, count) for one, count in flood.stopped(Cycle.objects.all(), at=AT)] == [(cycle.pk, 3)]
    CycleRegistration.objects.update(state="confirmed", confirmed_at=AT)
    assert client.post(address(cycle), typed(email="q@example.org")).status_code == 302
    assert flood.stopped(Cycle.objects.all(), at=AT) == []


def test_only_known_source_codes_are_kept(client: Client) -> None:
    cycle, _ = cycle_of(1)
    SourceCode.objects.create(cycle=cycle, code="croix-rouge")
    SourceCode.objects.create(cycle=make.cycle(), code="other")
    page = client.get(address(cycle), {"src": "croix-rouge"}).content.decode()
    assert '<input type="hidden" name="src" value="croix-rouge" id="id_src">' in page
    assert b'value="other"' not in client.get(address(cycle), {"src": "other"}).content
    client.post(address(cycle), typed(src="croix-rouge"))
    client.post(address(cycle), typed(email="zoe@example.org", src="<img>"))
    codes = CycleRegistration.objects.order_by("pk").values_list("source_code", flat=True)
    assert list(codes) == ["croix-rouge", ""]


def test_an_unknown_zone_is_forgotten(client: Client) -> None:
    cycle, _ = cycle_of(1)
    page = client.get(address(cycle), {"tz": "Mars/Phobos"})
    assert b"Mars" not in page.content.replace(b"?tz=Mars%2FPhobos", b"")
    client.post(address(cycle), typed(tz="Mars/Phobos"))
    assert Participant.objects.get().timezone == ""


def test_five_mails_an_hour_to_one_address(client: Client) -> None:
    cycle, _ = cycle_of(1)
    answers = [client.post(address(cycle), typed()).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_a_form_without_its_csrf_token_is_refused() -> None:
    cycle, _ = cycle_of(1)
    assert Client(enforce_csrf_checks=True).post(address(cycle), typed()).status_code == 403
    assert not Participant.objects.exists()


def test_counts_are_forgotten_with_their_window(client: Client) -> None:
    cycle, _ = cycle_of(1)
    client.post(address(cycle), typed())
    # A bucket, empty within seconds; the mails to one address and the requests of a cycle within an hour.
    assert [limits.forget_past(at=AT + dt.timedelta(minutes=n)) for n in (0, 1, 60)] == [0, 1, 2]


def test_lengths_match_the_database() -> None:
    lengths = {
        name: getattr(Participant._meta.get_field(name), "max_length", None)
        for name in ("given_name", "family_name", "organisation_name", "email")
    }
    cycle, _ = cycle_of(0)
    form = forms.RegistrationForm(intake=intake.intake(cycle.slug), at=AT)
    assert {name: form.fields[name].max_length for name in lengths} == lengths  # type: ignore[attr-defined]


def test_each_visitor_has_a_token_and_a_mark_of_their_own(client: Client) -> None:
    cycle, _ = cycle_of(1)
    first, second = client.get(address(cycle)).content.decode(), Client().get(address(cycle)).content.decode()
    results = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]{64})"', page) for page in (first, second)]
    assert [len(tokens) for tokens in results] == [1, 1]
    assert results[0] != results[1]
    assert [hole in first for hole in (views.TOKEN, views.MARK)] == [False, False]


def test_a_thousand_words_in_a_field_are_refused_and_kept(client: Client) -> None:
    cycle, _ = cycle_of(1)
    for name in ("given_name", "organisation_name", "accessibility_need"):
        page = client.post(address(cycle), typed(**{name: "x" * 10_000}))
        assert (page.status_code, b"x" * 10_000 in page.content) == (200, True)
    assert client.post(address(cycle), typed(started="x" * 10_000)).status_code == 200
    assert not Participant.objects.exists()


def test_the_form_sent_twice_is_one_request_and_one_mail(client: Client) -> None:
    cycle, _ = cycle_of(1)
    answers = [client.post(address(cycle), typed()) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, f"/fr/register/{cycle.slug}/sent/")
    ] * 2
    assert CycleRegistration.objects.get().request_number == 1


@pytest.mark.parametrize(("language", "words"), [("fr", "Trop à la fois"), ("en", "Too many at once")])
def test_too_many_is_said_in_the_language_of_the_reader(client: Client, language: str, words: str) -> None:
    cycle, _ = cycle_of(1)
    pages = [client.post(address(cycle, language), typed(email=f"p{n}@example.org")) for n in range(61)]
    assert words in pages[-1].content.decode()
    assert f'<html lang="{language}">' in pages[-1].content.decode()
