"""The words of a mail while they are written: the preview that keeps nothing, the variables and their examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from cycles.models import Cycle, Membership
from notifications.mail.own_texts import texts
from notifications.models import GroupMessage, MessageText
from notifications.plan import defaults
from registrations.models import Participant
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = paris(2026, 11, 11, 9)
PAGE = "/fr/desk/cycles/tour/messages/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", title={"fr": "Le tour"}, programme=make.programme())
    defaults.default_steps(cycle)
    make.session(cycle=cycle, slug="escale-02", number=2, title={"fr": "Tenir bon", "en": "Holding on"})
    return cycle


def account(cycle: Cycle, role: str) -> Any:
    return make.membership(programme=cycle.programme, role=role).user


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(account(cycle, Membership.Role.ORGANISER))
    return client


def words(client: Client, text: str, *, kind: str = "reminder", language: str = "fr", line: str = "") -> Any:
    return client.post(f"{PAGE}{kind}/words/{line}", {"text": text, "language": language})


def test_it_is_shown_as_it_would_be_sent_and_nothing_is_kept(claire: Client) -> None:
    answer = words(claire, "## {theme}\n\nBonjour **{given_name}** <script>\n\n- un\n- deux\n\n{join_link}")
    page = "".join(answer.content.decode().split("\n"))
    assert answer.status_code == 200
    assert page.startswith(
        "<h2>Tenir bon</h2><p>Bonjour <strong>Camille</strong> &lt;script&gt;</p><ul><li>un</li><li>deux</li></ul>"
        '<p><a class="button" href="http://testserver/fr/join/'
    )
    # The policy of the page lets no style in.
    assert " style=" not in page
    counts = (MessageText.objects.count(), GroupMessage.objects.count(), Participant.objects.count())
    assert counts == (0, 0, 0)
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_it_follows_the_language_and_the_line_of_the_plan(claire: Client) -> None:
    assert words(claire, "{theme}", language="en").content.decode().split() == ["<p>Holding", "on", "</p>"]
    assert words(claire, "{theme}", language="xx").content.decode().split() == ["<p>Tenir", "bon", "</p>"]
    assert "Demain 13" in words(claire, "{soon}", line="?line=j-1").content.decode()
    assert "Jeudi 19 novembre" in words(claire, "{soon}", line="?line=j-7").content.decode()


def test_an_empty_text_shows_the_standard_one(claire: Client) -> None:
    assert "Bonjour Camille," in words(claire, " ").content.decode()
    assert words(claire, "", kind="group_message").content.decode().strip() == ""


def test_what_is_wrong_is_said_in_words(claire: Client) -> None:
    answer = words(claire, "Bonjour\n{prenom} <i>")
    assert answer.status_code == 422
    assert answer.content.decode() == (
        '<p class="error">Ligne 2, colonne 1\u202f: {prenom} n’est pas une variable de cet e-mail.</p>'
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_text_can_be_looked_at_with_all_its_variables(
    claire: Client, cycle: Cycle, language: str
) -> None:
    for kind in (*texts.writable(), "group_message", "group_news"):
        known = texts.variables_for(cycle, kind)
        written = "\n\n".join(f"{{{name}}}" for name in known)
        answer = words(claire, written, kind=kind, language=language)
        assert (kind, answer.status_code, "Camille" in answer.content.decode()) == (kind, 200, True)


def test_a_cycle_without_dates_says_so(claire: Client, cycle: Cycle) -> None:
    cycle.sessions.all().delete()
    assert "pas encore de séance datée" in words(claire, "Bonjour").content.decode()
    assert [each.example for each in claire.get(f"{PAGE}reminder/").context["variables"]][:2] == ["", ""]


def test_a_run_without_dates_says_so_of_its_half_days(claire: Client, cycle: Cycle) -> None:
    run = make.run(slug="riviere", programme=cycle.programme)
    for page in ("rehearsal/", "messages/reminder/preview/"):
        assert "This run has no half-day" in claire.get(f"/en/desk/cycles/{run.slug}/{page}").content.decode()


@pytest.mark.parametrize("kind", ["confirm_address", "nothing"])
def test_what_nobody_writes_is_not_there(claire: Client, kind: str) -> None:
    assert words(claire, "x", kind=kind).status_code == 404


def test_only_who_may_write_it_looks_at_it(client: Client, cycle: Cycle) -> None:
    assert words(client, "x").status_code == 403
    for user, status in (
        (account(cycle, Membership.Role.READER), 403),
        (make.membership(role=Membership.Role.OWNER).user, 404),
    ):
        client.force_login(user)
        assert words(client, "x").status_code == status


def test_each_variable_has_its_meaning_and_an_example(claire: Client) -> None:
    offered = {
        each.name: (str(each.meaning), each.example)
        for each in claire.get(f"{PAGE}thanks/").context["variables"]
    }
    assert tuple(offered) == texts.variables_of("thanks")
    assert offered["given_name"] == ("le prénom de qui lit", "Camille")
    assert offered["theme"] == ("le thème seul", "Tenir bon")
    assert offered["replay_link"][1] == "Voir le replay"
    reminder = [each.name for each in claire.get(f"{PAGE}reminder/").context["variables"]]
    # Nobody signs at a webinar.
    assert ("join_link" in reminder, "sign_link" in reminder) == (True, False)
    group = claire.get("/fr/desk/cycles/tour/registrants/message/").context["variables"]
    assert [(each.name, each.example) for each in group][:2] == [
        ("given_name", "Camille"),
        ("cycle", "Le tour"),
    ]


@pytest.mark.parametrize("path", ["messages/reminder/", "registrants/message/"])
def test_pages_with_long_texts_load_the_editor(claire: Client, path: str) -> None:
    page = claire.get(f"/fr/desk/cycles/tour/{path}").content.decode()
    assert ("/editor.js" in page or "editor." in page, page.count("data-editor")) == (True, 2)
    assert page.count('id="editor-tools"') == 1
    assert 'data-words="/fr/desk/cycles/tour/messages/' in page
    # The signs are explained whether buttons can be pressed or not.
    assert 'id="signs"' in page
    assert len(page.encode()) <= 61_440


def test_the_texts_stand_under_their_moments(claire: Client) -> None:
    rows = claire.get(PAGE).context["rows"]
    moments = list(dict.fromkeys(row["moment"] for row in rows))
    assert moments == [
        "Quand quelqu’un s’inscrit",
        "Quand il n’y a plus de place, ou qu’une se libère",
        "Avant les séances, et le jour même",
        "Après les séances",
        "Au moment que vous choisissez",
        "Quand une date change",
        "Aux intervenants",
        "Nouvelles du cycle",
    ]
    under = {row["kind"]: row["moment"] for row in rows}
    assert (under["reminder"], under["thanks"], under["note"]) == tuple(moments[2:5])
