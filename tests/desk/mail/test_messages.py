"""The messages of a cycle in the desk: reading, writing, trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from cycles.models import Cycle, Membership
from notifications.models import MessageText
from notifications.plan import defaults
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
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    make.session(cycle=cycle, slug="escale-02", number=2, title={"fr": "Tenir bon", "en": "Holding on"})
    make.session(cycle=cycle, slug="escale-01", number=1, starts_at=paris(2026, 10, 22))
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    membership = make.membership(
        programme=cycle.programme, role=Membership.Role.ORGANISER, user=make.user(email="claire@example.org")
    )
    client.force_login(membership.user)
    return client


def form(**fields: str) -> dict[str, str]:
    return {"subject_fr": "", "body_fr": "", "subject_en": "", "body_en": "", **fields}


def test_the_list_names_every_mail_and_its_subject(claire: Client) -> None:
    page = claire.get(PAGE)
    names = [row["name"] for row in page.context["rows"]]
    assert len(names) == len(set(names))
    assert "Adresse à confirmer" not in names
    assert "{soon}\u202f: {theme}" in page.content.decode()


def test_the_list_shows_each_subject_that_a_mail_may_have(claire: Client) -> None:
    page = claire.get(PAGE)
    subjects = {row["kind"]: row["subjects"] for row in page.context["rows"]}
    assert subjects["registration_confirmed"] == [
        "Vous êtes inscrit·e\u202f: {cycle}",
        "Sur la liste d’attente\u202f: {cycle}",
    ]
    assert sorted(subjects["registration_cancelled"]) == [
        "Demande retirée\u202f: {cycle}",
        "Inscription annulée\u202f: {cycle}",
        "Inscription annulée\u202f: {session}",
        "Liste d’attente quittée\u202f: {session}",
    ]
    assert subjects["thanks"] == ["Merci d’être venu·e\u202f: {theme}"]
    text = page.content.decode()
    assert (
        "Selon le cas\u202f:<br>Vous êtes inscrit·e\u202f: {cycle}<br>Sur la liste d’attente\u202f: {cycle}</p>"
        in text
    )
    assert '<p class="soft small">Merci d’être venu·e' in text


def test_a_text_is_written_seen_and_begun_again(claire: Client) -> None:
    saved = claire.post(f"{PAGE}reminder/", form(subject_fr="{soon} !", body_fr="Bonjour\n\n{join_link}"))
    assert (saved.status_code, saved.headers["Location"]) == (302, f"{PAGE}reminder/preview/")
    page = claire.get(saved.headers["Location"])
    assert page.context["mail"].subject == "Jeudi 19 novembre, 13\u202fh !"
    assert page.context["mail"].body.startswith("Bonjour\n\nRejoindre\nhttp://testserver/fr/join/")
    assert claire.get(f"{PAGE}reminder/").context["form"].initial["subject_fr"] == "{soon} !"
    begun = claire.get(f"{PAGE}reminder/?start=1").context["form"].initial
    assert begun["subject_en"] == "{soon}: {theme}"
    assert "{join_link}" in begun["body_fr"]


def test_a_line_of_the_plan_has_words_of_its_own(claire: Client) -> None:
    claire.post(f"{PAGE}reminder/?line=j-1", form(subject_fr="La veille"))
    assert MessageText.objects.get().code == "j-1"
    assert claire.get(f"{PAGE}reminder/preview/?line=j-1").context["mail"].subject == "La veille"
    assert claire.get(f"{PAGE}reminder/preview/?line=h-1").context["mail"].subject != "La veille"
    assert claire.get(f"{PAGE}reminder/?line=j-99").status_code == 404
    assert claire.get(f"{PAGE}recap/?line=j-1").status_code == 404


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"body_fr": "Bonjour\n{prenom}"}, "Ligne 2, colonne 1"),
        ({"subject_en": "{{ settings.SECRET_KEY }}"}, "est une balise de gabarit"),
        ({"subject_fr": "Oui\r\nBcc: x@example.org"}, "Un objet tient en une ligne"),
        ({"subject_fr": "x" * 200}, "200 signes, 150 au plus"),
    ],
)
def test_bad_input_is_refused_with_its_place_and_kept(
    claire: Client, fields: dict[str, str], error: str
) -> None:
    page = claire.post(f"{PAGE}reminder/", form(**fields))
    assert page.status_code == 422
    assert error in page.content.decode()
    assert page.context["form"].data[next(iter(fields))] == next(iter(fields.values()))
    assert MessageText.objects.count() == 0
    assert b"tests-only" not in page.content


def test_a_reminder_without_its_link_and_a_missing_language_are_warned_of(claire: Client) -> None:
    claire.post(f"{PAGE}reminder/", form(body_fr="Venez !"))
    for address in (f"{PAGE}reminder/", f"{PAGE}reminder/preview/"):
        assert [warning.split(" ")[0] for warning in claire.get(address).context["warnings"]] == ["Le", "Ce"]


def test_the_preview_follows_its_address(claire: Client) -> None:
    page = claire.get(f"{PAGE}reminder/preview/?language=en&session=escale-01&theme=dark&width=320")
    assert page.context["mail"].subject == "Thursday 22 October, 13:00: A title: “the trial”"
    content = page.content.decode()
    assert 'class="frame w320"' in content
    assert "sandbox></iframe>" in content
    assert ("Content-Language", "en") in page.context["headers"]
    dark = claire.get(page.context["frame_url"])
    assert "@media all" in dark.content.decode()
    assert "prefers-color-scheme" not in dark.content.decode()
    light = claire.get(page.context["frame_url"].replace("theme=dark", "theme=light"))
    assert "@media not all" in light.content.decode()
    assert dark.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = dark.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in policy


def test_what_is_not_on_offer_is_left_out(claire: Client) -> None:
    page = claire.get(f"{PAGE}reminder/preview/?language=xx&session=nulle-part&theme=pink&width=9")
    assert page.context["chosen"] == {
        "language": "fr",
        "theme": "light",
        "width": "600",
        "session": "escale-02",
        "line": "",
    }
    for kind in ("confirm_address", "nothing"):
        assert claire.get(f"{PAGE}{kind}/").status_code == 404
        assert claire.get(f"{PAGE}{kind}/preview/").status_code == 404


def test_a_test_goes_to_oneself(claire: Client) -> None:
    mail.outbox.clear()
    sent = claire.post(
        f"{PAGE}reminder/test/", {"language": "en", "session": "escale-02", "line": "j-1"}, follow=True
    )
    assert "claire@example.org" in sent.content.decode()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["claire@example.org"], "[TEST] Tomorrow 13:00: Holding on")


def test_a_cycle_without_dates_says_so(claire: Client, cycle: Cycle) -> None:
    cycle.sessions.all().delete()
    assert claire.get(f"{PAGE}reminder/preview/").context.get("mail") is None
    assert claire.get(f"{PAGE}reminder/body.html").status_code == 404
    assert claire.post(f"{PAGE}reminder/test/").status_code == 404
