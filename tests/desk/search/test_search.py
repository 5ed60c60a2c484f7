"""The search of the desk: every word, whatever accents and capitals, and nothing that the reader may not open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cycles.models import Cycle, Membership, News
from desk.search import finding
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/en/desk/search/"


@pytest.fixture
def cycle() -> Cycle:
    programme = make.programme(slug="quais")
    cycle = make.cycle(slug="tour", programme=programme)
    make.session(
        cycle=cycle, slug="escale-02", number=2, title={"fr": "Été à l’école", "en": "Summer at school"}
    )
    News.objects.create(
        slug="billet", title={"fr": "L’été en bref"}, kind=News.Kind.RECAP, programme=programme
    )
    person = make.participant(
        given_name="Zoë", family_name="Été", email="zoe@example.org", email_key="zoe@example.org"
    )
    make.cycle_registration(cycle=cycle, participant=person)
    return cycle


def sign_in(client: Client, cycle: Cycle, role: str) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=role).user)
    return client


def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get(PAGE, {"q": text}).context["groups"]
    return {group.title: [hit.name for hit in group.hits] for group in groups}


@pytest.mark.parametrize(
    "text", ["ete ecole", "École ÉTÉ", "summer", "stop 2 été", "19 november", "  Summer   school "]
)
def test_a_session_is_found_by_its_words_in_both_languages_and_its_date(
    client: Client, cycle: Cycle, text: str
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    assert found(client, text)["Sessions"] == ["Stop 2: Summer at school"]


def test_each_sort_of_thing_opens_its_own_page(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    groups = client.get(PAGE, {"q": "été"}).context["groups"]
    assert [(group.title, [hit.url for hit in group.hits]) for group in groups] == [
        ("Sessions", ["/en/desk/cycles/tour/sessions/escale-02/"]),
        ("People registered", [f"/en/desk/cycles/tour/registrants/{cycle.registrations.get().pk}/"]),
        ("News and recaps", ["/en/desk/content/news/billet/"]),
    ]
    assert found(client, "reminders tour") == {
        "What you can do": ["Change when reminders leave"],
        "Pages": ["Reminders"],
    }
    for group in groups:
        for hit in group.hits:
            assert client.get(hit.url).status_code == 200


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("owner", ["Sessions", "People registered", "News and recaps", "What you can do"]),
        ("trainer", ["Sessions", "People registered", "What you can do"]),
        ("reader", ["Sessions"]),
    ],
)
def test_nobody_finds_what_they_may_not_open(
    client: Client, cycle: Cycle, role: str, titles: list[str]
) -> None:
    sign_in(client, cycle, role)
    groups = [group for text in ("été", "mails") for group in client.get(PAGE, {"q": text}).context["groups"]]
    assert [group.title for group in groups if group.title != "Pages"] == titles
    for group in groups:
        for hit in group.hits:
            assert client.get(hit.url).status_code == 200, hit


def test_a_stranger_finds_nothing_of_it(client: Client, cycle: Cycle) -> None:
    client.force_login(make.membership(role=Membership.Role.OWNER).user)
    assert cycle.slug == "tour"
    assert [found(client, text) for text in ("été", "zoe@example.org", "summer")] == [{}, {}, {}]
    client.logout()
    assert client.get(PAGE, {"q": "été"}).status_code == 302


def test_people_are_found_by_address_and_only_the_first_are_shown(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    assert found(client, "ZOE@example")["People registered"] == ["Zoë Été"]
    for number in range(9):
        make.cycle_registration(
            cycle=cycle,
            participant=make.participant(family_name=f"Martin {number}"),
            requested_at=make.AT + dt.timedelta(minutes=number),
        )
    (group,) = client.get(PAGE, {"q": "martin"}).context["groups"]
    assert (len(group.hits), group.hits[0].name.endswith("Martin 8"), group.count) == (8, True, 9)
    assert [url for _name, url in group.more] == ["/en/desk/cycles/tour/registrants/?q=martin"]


@pytest.mark.parametrize(
    ("text", "names"),
    [("e", []), ("3", []), ("e 3", []), ("zo", ["Zoë Été"]), ("z ét", ["Zoë Été"]), ("é", ["Zoë Été"])],
)
def test_a_single_letter_or_digit_is_not_looked_for_among_people(
    client: Client, cycle: Cycle, text: str, names: list[str]
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    with CaptureQueriesContext(connection) as asked:
        assert found(client, text).get("People registered", []) == names
    rows = [each["sql"] for each in asked if "registrations_participant" in each["sql"]]
    # Their numbers, and who the first few are.
    assert len(rows) == (2 if names else 0)
    assert client.get("/en/desk/cycles/tour/registrants/", {"q": "z"}).content.count("Zoë Été".encode()) > 0


def test_people_of_several_cycles_are_listed_cycle_by_cycle(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    other = make.cycle(slug="autre", title={"fr": "Autre", "en": "Other"}, programme=cycle.programme)
    hidden = make.cycle(slug="hidden", programme=make.programme(slug="hidden"))
    for place, count in ((cycle, 9), (other, 3), (hidden, 2)):
        for number in range(count):
            person = make.participant(family_name=f"Martin {number}")
            make.cycle_registration(cycle=place, participant=person)
    page = client.get(PAGE, {"q": "martin"})
    assert "12 things found" in page.content.decode()
    (group,) = page.context["groups"]
    assert set(group.more) == {
        ("The tour in 12 stages (9)", "/en/desk/cycles/tour/registrants/?q=martin"),
        ("Other (3)", "/en/desk/cycles/autre/registrants/?q=martin"),
    }


def test_of_very_many_people_only_so_many_are_counted(
    client: Client, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    monkeypatch.setattr(finding, "MOST_COUNTED", 9)
    for number in range(12):
        person = make.participant(email=f"p{number}@example.org", given_name="Xylophone")
        make.cycle_registration(cycle=cycle, participant=person)
    page = client.get(PAGE, {"q": "xylophone"})
    text = page.content.decode()
    assert "8 of more than 9 are shown." in text
    assert "More than 9 things found" in text
    # The list of all has no number that would be too small.
    (group,) = page.context["groups"]
    assert [name for name, _url in group.more] == ["The tour in 12 stages"]


@pytest.mark.parametrize("sort", ["cycles", "sessions", "actions", "pages"])
def test_what_is_not_shown_is_counted_and_a_link_away(client: Client, cycle: Cycle, sort: str) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    for number in range(11):
        another = make.cycle(slug=f"remind-{number}", title={"en": "Remind"}, programme=cycle.programme)
        make.session(cycle=another, title={"en": "Remind"})
    page = client.get(PAGE, {"q": "remind"})
    links = {url: group for group in page.context["groups"] for _name, url in group.more}
    group = links[f"{PAGE}?q=remind&in={sort}"]
    assert (len(group.hits), f"8 of {group.count} are shown." in page.content.decode()) == (8, True)
    alone = client.get(PAGE, {"q": "remind", "in": sort})
    (whole,) = alone.context["groups"]
    shown = min(group.count, 100)
    assert (whole.title, whole.count, len(whole.hits)) == (group.title, group.count, shown)
    assert ("are shown." in alone.content.decode()) == (shown < whole.count)
    assert f'<a href="{PAGE}?q=remind">Everything that was found</a>' in alone.content.decode()


def test_what_is_shown_whole_says_no_number_of_what_is_hidden(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    assert "are shown." not in client.get(PAGE, {"q": "summer"}).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "’", "%", "nothing like this", "x" * 5000, "<script>"])
def test_what_fits_nothing_says_so(client: Client, cycle: Cycle, text: str) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    response = client.get(PAGE, {"q": text})
    assert (response.status_code, response.context["groups"]) == (200, [])
    assert "<script>" not in response.content.decode().replace('<script src="', "")


@pytest.mark.parametrize(("count", "queries"), [(1, 23), (3, 23), (40, 25)])
def test_the_search_counts_its_queries(
    client: Client, cycle: Cycle, django_assert_num_queries: Any, count: int, queries: int
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    for number in range(count):
        make.session(cycle=cycle, number=number + 3, title={"fr": "Été"})
        make.cycle_registration(cycle=cycle, participant=make.participant(family_name=f"Été {number}"))
        News.objects.create(
            slug=f"n{number}", title={"fr": "Été"}, kind=News.Kind.RECAP, programme=cycle.programme
        )
    with django_assert_num_queries(queries):
        client.get(PAGE, {"q": "été"})


@pytest.mark.parametrize(
    ("text", "found"),
    [("ete", 10), ("ÉTÉ  bref", 10), ("summer", 10), ("École", 0), ("’", 0), ("", 11), (" ", 11)],
)
def test_the_list_of_a_kind_finds_what_the_search_finds(
    client: Client, cycle: Cycle, text: str, found: int
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    News.objects.create(slug="autre", title={"fr": "Autre"}, kind=News.Kind.RECAP, programme=cycle.programme)
    News.objects.filter(slug="billet").update(title='{"fr": "L’été en bref", "en": "Summer"}')
    for number in range(9):
        News.objects.create(
            slug=f"n{number}",
            title={"fr": f"Été {number} en bref", "en": f"Summer {number}"},
            kind=News.Kind.RECAP,
            programme=cycle.programme,
        )
    items = client.get("/en/desk/content/news/", {"q": text}).context["items"]
    assert len(items) == found
    for group in client.get(PAGE, {"q": text}).context["groups"]:
        if group.title == "News and recaps":
            ((_name, address),) = group.more
            listed = [name for _row, name, _public in client.get(address).context["items"]]
            assert (group.count, [hit.name for hit in group.hits]) == (found, listed[:8])


def test_people_and_organisations_are_found_by_their_other_names(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    make.organisation(name="LQ", full_name="Les Étés à Quai")
    make.person(given_name="Zoé", family_name="Nuñez", role={"fr": "Présidente"})
    for kind, text, name in (("organisations", "etes", "LQ"), ("people", "nunez presidente", "Zoé Nuñez")):
        items = client.get(f"/en/desk/content/{kind}/", {"q": text}).context["items"]
        assert [each for _row, each, _public in items] == [name]


@pytest.mark.parametrize("text", ["0", "0000", "0001", "9999"])
def test_a_number_that_is_no_year_of_a_session_finds_nothing(client: Client, cycle: Cycle, text: str) -> None:
    page = sign_in(client, cycle, Membership.Role.OWNER).get(PAGE, {"q": text})
    assert (page.status_code, "Summer at school" in page.content.decode()) == (200, False)


def test_the_number_itself_comes_before_numbers_that_contain_it(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    for number in (*range(30, 40), 3, 13):
        make.session(cycle=cycle, number=number, title={"fr": "Sans date"}, starts_at=make.paris(2027, 1, 13))
    assert found(client, "stop 3")["Sessions"][0] == "Stop 3: Sans date"
    names = found(client, "stop 13")["Sessions"]
    assert names[0] == "Stop 13: Sans date"
    for number in (12, 2, 1):
        make.organisation(name=f"Quai {number}", slug=f"quai-{number}")
    assert found(client, "quai 1")["Organisations"] == ["Quai 1", "Quai 12"]
    assert found(client, "quai")["Organisations"] == ["Quai 1", "Quai 2", "Quai 12"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exporter", ("Exporter les personnes inscrites", "/fr/desk/cycles/tour/registrants/")),
        (
            "liste d'attente",
            ("Voir la liste d’attente", "/fr/desk/cycles/tour/registrants/?state=waitlisted"),
        ),
        ("télécharger tableur", ("Exporter les personnes inscrites", "/fr/desk/cycles/tour/registrants/")),
        ("nouveau programme", ("Nouveau programme", "/fr/desk/content/programmes/new/")),
        ("waiting list", ("See the waiting list", "/en/desk/cycles/tour/registrants/?state=waitlisted")),
        ("export tour", ("Export the people registered", "/en/desk/cycles/tour/registrants/")),
        ("invite team", ("Invite somebody to the team", "/en/desk/teams/")),
    ],
)
def test_what_one_can_do_is_found_by_its_words(
    client: Client, cycle: Cycle, text: str, expected: tuple[str, str]
) -> None:
    sign_in(client, cycle, Membership.Role.ORGANISER)
    language = expected[1].split("/")[1]
    groups = client.get(f"/{language}/desk/search/", {"q": text}).context["groups"]
    title = {"fr": "Ce que vous pouvez faire", "en": "What you can do"}[language]
    (hits,) = [group.hits for group in groups if group.title == title]
    assert (hits[0].name, hits[0].url) == expected
    assert [client.get(hit.url).status_code for hit in hits] == [200] * len(hits)


def test_a_reader_finds_no_action_of_planners(client: Client, cycle: Cycle) -> None:
    sign_in(client, cycle, Membership.Role.READER)
    assert found(client, "export") == {"What you can do": ["Download the report"]}
    assert found(client, "change reminders") == {}
    assert found(client, "waiting list") == {}
    assert found(client, "new programme") == {}
