"""The registration form: what it shows, what it keeps, what it refuses, and that it never tells who is known."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Session
from cycles.site.page_cache import snapshots
from registrations import booking
from registrations.links import personal_links, signed_values
from registrations.models import CycleRegistration, Participant, SourceCode, State
from registrations.pages.form import forms, intake, views
from registrations.rate_limits import flood, limits
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def cycle_of(count: int, **fields: Any) -> tuple[Cycle, list[Session]]:
    cycle = make.cycle(**fields)
    first = make.paris(2026, 10, 22)
    return cycle, [
        make.session(cycle=cycle, number=n + 1, slug=f"escale-{n + 1:02d}", starts_at=first + n * 28 * DAY)
        for n in range(count)
    ]


def address(cycle: Cycle, language: str = "fr") -> str:
    with translation.override(language):
        return reverse("registrations:register", args=[cycle.slug])


def mark(*, seconds_ago: int = 60) -> str:
    """The hidden field of a form that was opened a while ago."""
    with time_machine.travel(AT - dt.timedelta(seconds=seconds_ago), tick=False):
        return signed_values.make("form", int((AT - dt.timedelta(seconds=seconds_ago)).timestamp()))


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "given_name": "Amina",
        "family_name": "Diallo-Lefèvre",
        "email": "amina@asso-test.example.org",
        "organisation_name": "Association des Quais",
        "scope": "all",
        "started": mark(),
    } | fields


def test_the_whole_cycle_is_chosen_and_the_newsletter_is_not(client: Client) -> None:
    cycle, _ = cycle_of(3)
    page = client.get(address(cycle)).content.decode()
    checked = re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)
    assert len(checked) == 1
    assert 'value="all"' in checked[0]
    assert page.count("<h1") == 1


def test_a_stop_in_the_address_is_chosen_already(client: Client) -> None:
    cycle, sessions = cycle_of(3)
    page = client.get(address(cycle), {"stop": "escale-02"}).content.decode()
    checked = re.findall(r'<input[^>]*value="([^"]*)"[^>]*\bchecked\b[^>]*>', page)
    assert checked == ["chosen", str(sessions[1].pk)]


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


@pytest.mark.parametrize(
    "fields",
    [
        {"registration_mode": Cycle.RegistrationMode.CLOSED},
        {"registration_opens_at": AT + DAY},
        {"registration_closes_at": AT},
    ],
)
def test_outside_the_window_nothing_is_taken(client: Client, fields: dict[str, Any]) -> None:
    cycle, _ = cycle_of(1, **fields)
    assert b"<form" not in client.get(address(cycle)).content
    assert client.post(address(cycle), typed()).status_code == 200
    assert not Participant.objects.exists()


def test_nothing_ahead_means_closed(client: Client) -> None:
    cycle, _ = cycle_of(0)
    assert b"<form" not in client.get(address(cycle)).content


@pytest.mark.parametrize("fields", [{"status": Cycle.Status.DRAFT}, {"is_external": True}])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_form_for_what_does_not_register_here(
    client: Client, fields: dict[str, Any], language: str
) -> None:
    cycle, _ = cycle_of(1, **fields)
    response = client.get(address(cycle, language))
    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("capacity", [None, 1])
def test_queries_do_not_grow(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    capacity: int | None,
) -> None:
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 3600)
    cycle, _ = cycle_of(count)
    cycle.sessions.update(capacity=capacity)
    counted = capacity is not None
    # The first visit after a change of the site reads the cycle, its sessions, questions, codes; then only how
    # full it is.
    with django_assert_num_queries(5 + counted):
        client.get(address(cycle))
    with django_assert_num_queries(counted):
        client.get(address(cycle))
    with django_assert_num_queries(6):
        assert client.post(address(cycle), typed()).status_code == 302


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


def test_a_session_that_is_over_leads_to_its_replay_and_to_the_others(client: Client) -> None:
    cycle, sessions = cycle_of(2)
    sessions[0].replay_url = "https://video.example.org/1"
    sessions[0].save(update_fields=["replay_url"])
    assert sessions[0].ends_at is not None
    with time_machine.travel(sessions[0].ends_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert "has taken place" in page
    assert 'href="https://video.example.org/1"' in page
    assert f'value="{sessions[0].pk}"' not in page
    assert f'value="{sessions[1].pk}"' in page


def test_a_session_in_progress_says_that_the_link_comes_at_once(client: Client) -> None:
    cycle, sessions = cycle_of(1)
    assert sessions[0].starts_at is not None
    before = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    with time_machine.travel(sessions[0].starts_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert ["is in progress" in text for text in (before, page)] == [False, True]


@pytest.mark.parametrize(
    ("given", "of_session", "words"),
    [
        (
            {},
            {},
            "is in progress: confirm with the email we send you, and your link to join is there at once.",
        ),
        ({}, {"capacity": 1}, "is in progress and full: whoever registers now is on its waiting list"),
        ({"capacity": 1}, {}, "is in progress and full: whoever registers now is on its waiting list"),
        (
            {"registration_mode": Cycle.RegistrationMode.APPROVAL},
            {},
            "is in progress: you can join once the organisers have accepted your request.",
        ),
        ({}, {"modality": "on_site", "place": {"en": "Town hall"}}, "is in progress, there: Town hall."),
    ],
)
def test_who_comes_late_reads_what_registering_gives_them(
    client: Client, given: dict[str, Any], of_session: dict[str, Any], words: str
) -> None:
    cycle, sessions = cycle_of(1)
    Cycle.objects.filter(pk=cycle.pk).update(**given)
    Session.objects.filter(pk=sessions[0].pk).update(**of_session)
    make.registration(session=sessions[0])
    sessions[0].refresh_from_db()
    assert sessions[0].starts_at is not None
    with time_machine.travel(sessions[0].starts_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
        button = client.get(f"/en/cycles/{cycle.slug}/{sessions[0].slug}/").content.decode()
    assert (words in page, page.count("is in progress")) == (True, 1)
    expected = {
        "confirm": "In progress: register to join",
        "and full": "Join the waiting list",
        "accepted": "Ask to take part",
        "there:": "In progress: register",
    }
    said = next(label for part, label in expected.items() if part in words)
    assert f'?stop={sessions[0].slug}">{said}</a>' in button


@pytest.mark.parametrize(
    ("language", "asking", "registering"),
    [("en", "Ask to take part", "Register"), ("fr", "Demander à participer", "S’inscrire")],
)
def test_where_organisers_decide_one_asks_from_title_to_button(
    client: Client, language: str, asking: str, registering: str
) -> None:
    cycle, sessions = cycle_of(1)
    Session.objects.filter(pk=sessions[0].pk).update(has_theme=False)
    pages = [
        address(cycle, language),
        f"/{language}/cycles/{cycle.slug}/{sessions[0].slug}/",
        f"/{language}/cycles/{cycle.slug}/{sessions[0].slug}/times/?tz=America/Cayenne",
    ]
    for mode, told, other in (("approval", asking, registering), ("open", registering, asking)):
        Cycle.objects.filter(pk=cycle.pk).update(registration_mode=mode)
        snapshots.store.clear()
        intake.cache.clear()
        form, page, times = (client.get(each).content.decode() for each in pages)
        assert f"<h1>{told}</h1>" in form
        assert f"<title>{told} " in form
        assert f'type="submit">{told}</button>' in form
        assert f">{other}<" not in form
        assert f"{told}," in times
        assert (PROMISE[language] in page) is (mode == "open")


PROMISE = {"en": "the date is held for you", "fr": "la date vous est gardée"}


def test_when_all_is_over_the_replay_is_what_remains(client: Client) -> None:
    cycle, sessions = cycle_of(1)
    sessions[0].replay_url = "https://video.example.org/1"
    sessions[0].save(update_fields=["replay_url"])
    assert sessions[0].ends_at is not None
    with time_machine.travel(sessions[0].ends_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert 'href="https://video.example.org/1"' in page
    assert "<form" not in page


def test_full_dates_and_a_full_cycle_say_so_before_anybody_types(client: Client) -> None:
    cycle, sessions = cycle_of(2)
    cycle.sessions.filter(pk=sessions[0].pk).update(capacity=1)
    cycle.capacity = 1
    cycle.save(update_fields=["capacity"])
    pages = [client.get(address(cycle, "en")).content.decode()]
    applicant = booking.Applicant(email="first@example.org", given_name="F", family_name="F")
    asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    booking.confirm(asked, at=AT)
    # Nothing of the site changed: the kept page is not the one for a full cycle.
    pages.append(client.get(address(cycle, "en")).content.decode())
    assert [page.count("full: waiting list") for page in pages] == [0, 1]
    assert ["This cycle is full" in page for page in pages] == [False, True]
    booking.confirm(
        booking.register(
            cycle,
            applicant=booking.Applicant(email="second@example.org", given_name="S", family_name="S"),
            scope=CycleRegistration.Scope.ALL,
            at=AT,
        ),
        at=AT,
    )
    pages.append(client.get(address(cycle, "en")).content.decode())
    assert ["1 person waits before you." in page for page in pages] == [False, False, True]
    assert ["full: waiting list (nobody before you)" in page for page in pages] == [False, True, True]


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


def test_where_organisers_decide_the_pages_say_so(client: Client) -> None:
    cycle, _ = cycle_of(1, registration_mode=Cycle.RegistrationMode.APPROVAL)
    assert b"look at each request" in client.get(address(cycle, "en")).content
    client.post(address(cycle, "en"), typed())
    row = CycleRegistration.objects.get()
    with translation.override("en"):
        confirm = reverse("registrations:confirm", args=[personal_links.confirm_token(row)])
    assert b"goes to the organisers" in client.get(confirm).content
    mine = client.post(confirm, follow=True).content.decode()
    assert "The organisers answer your request by email" in mine
    assert "Your request is with the organisers" in mine
    row.refresh_from_db()
    assert row.state == State.IN_REVIEW
