"""Importing a programme file in the desk: a look first, then one button; nobody writes in another's programme."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, cast

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import AuditEntry, User
from cycles.imports.programme import bring_in
from cycles.imports.programme.file.source import LARGEST_FILE
from cycles.models import (
    Cycle,
    Event,
    Membership,
    News,
    Organisation,
    Programme,
    ResourceSeries,
    Session,
    Topic,
)
from tests import make
from tests.cycles.imports.programme.files import BEFORE, PROGRAMME, SMALL, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/en/desk/programmes/import/"
IMPORTS = AuditEntry.objects.filter(verb="programme.import")
# In the desk a post belongs to a programme.
MINE = changed("{slug: annonce,", "{slug: annonce, programme: essai,", SMALL)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(BEFORE, tick=False), translation.override("en"):
        yield


@pytest.fixture
def user() -> User:
    """An organiser of one programme, and of no other."""
    return make.membership(programme=make.programme(slug="sien"), role=Membership.Role.ORGANISER).user


@pytest.fixture
def claire(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def look(client: Client, text: str | bytes = MINE, *, how: str = "file") -> HttpResponse:
    data = text.encode() if isinstance(text, str) else text
    brought = {"text": text} if how == "text" else {"file": SimpleUploadedFile("p.yaml", data)}
    return cast("HttpResponse", client.post(PAGE, brought))


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def checked(response: HttpResponse) -> str:
    match = re.search(r'name="checked" value="([^"]+)"', response.content.decode())
    assert match
    return match[1]


def import_it(client: Client, text: str = MINE) -> str:
    shown = look(client, text)
    return words(client.post(f"{PAGE}save/", {"checked": checked(shown)}, follow=True))


def refusals(client: Client, text: str | bytes) -> list[str]:
    response = look(client, text)
    assert response.status_code == 422
    assert 'name="checked"' not in response.content.decode()
    refused = response.context["refused"]  # type: ignore[attr-defined] # the test client's
    return [str(remark) for remark in refused.rows]


def slugs() -> set[str]:
    return set(Programme.objects.values_list("slug", flat=True))


# what it does


@pytest.mark.parametrize("how", ["file", "text"])
def test_a_look_writes_nothing_then_one_button_writes_it_and_the_second_time_nothing(
    claire: Client, user: User, how: str
) -> None:
    shown = look(claire, how=how)
    assert shown.status_code == 200
    assert "10 entries would be created. 0 would be changed." in words(shown)
    assert (slugs(), Session.objects.count(), IMPORTS.all().count()) == ({"sien"}, 0, 0)
    done = words(claire.post(f"{PAGE}save/", {"checked": checked(shown)}, follow=True))
    assert "10 entries were created, 0 were changed." in done
    assert slugs() == {"sien", "essai"}
    assert Session.objects.count() == 3
    new = Programme.objects.get(slug="essai")
    assert Membership.objects.get(programme=new).user == user
    assert Membership.objects.get(programme=new).role == Membership.Role.OWNER
    assert list(IMPORTS.all().values_list("by", "programme_id")) == [(user.pk, new.pk)]
    again = look(claire, how=how)
    assert "0 entries would be created. 0 would be changed." in words(again)
    assert "There is nothing to import: everything is there already." in words(again)
    assert 'name="checked"' not in again.content.decode()
    # A button that was pressed twice.
    twice = words(claire.post(f"{PAGE}save/", {"checked": checked(shown)}, follow=True))
    assert "0 entries were created, 0 were changed." in twice


def test_the_programme_that_comes_with_the_project_can_be_imported(claire: Client) -> None:
    text = PROGRAMME.read_text(encoding="utf-8")
    made = re.search(r"(\d+) entries were created, 0 were changed", import_it(claire, text))
    assert made
    assert int(made[1]) > 100
    assert "0 entries would be created. 0 would be changed." in words(look(claire, text))


def test_it_shows_what_would_change_entry_by_entry(claire: Client) -> None:
    import_it(claire)
    shown = look(claire, changed('fr: "Deux"', 'fr: "Seconde"', MINE))
    assert "0 entries would be created. 1 would be changed." in words(shown)
    assert "Sessions 0 1" in words(shown)
    assert "sessions/deux is changed" in words(shown)
    claire.post(f"{PAGE}save/", {"checked": checked(shown)})
    assert str(Session.objects.get(slug="deux").title) == "Seconde"


def test_warnings_are_shown_and_do_not_stop_it(claire: Client) -> None:
    shown = look(claire, changed("planned_count: 3", "planned_count: 1", MINE))
    assert "cycles/mardis : planned_count: 3 sessions for 1 planned" in words(shown)
    assert shown.status_code == 200


# what it refuses


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            changed("date: 2026-01-06", "date: 06-01", MINE),
            ("30: sessions/un: date: “06-01” is not a date with its year: write it as 2020-10-22"),
        ),
        (
            changed("organisation: atelier", "organisation: atelire", MINE),
            "11: programmes/essai/partners/1: “atelire” is not known (organisations)",
        ),
        ("programmes:\n\t- slug: a\n", "2: The line is indented with a tab: use spaces."),
        (
            "schema_version: 1\ncycles:\n  - slug: a\n   title: b\n",
            (
                "4: The YAML is not well formed (expected <block end>, but found '<block mapping start>'): check "
                "the indentation, quotes and brackets."
            ),
        ),
        (
            "a: !!python/object/apply:os.system ['true']\n",
            "1: YAML tags (“tag:yaml.org,2002:python/object/apply:os.system”) are not accepted: write plain text.",
        ),
        (b"a: \xff\n", "1: This is not UTF-8 text: save the file in UTF-8."),
    ],
    ids=["year", "organisation", "tab", "indentation", "object", "encoding"],
)
def test_a_wrong_file_is_refused_with_its_line_and_kept_in_the_field(
    claire: Client, text: str | bytes, error: str
) -> None:
    assert refusals(claire, text) == [error]
    assert (slugs(), Organisation.objects.count()) == ({"sien"}, 0)
    response = look(claire, text)
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    assert response.context["form"]["text"].value() == shown  # type: ignore[attr-defined] # the test client's


@pytest.mark.parametrize("how", ["file", "text"])
def test_what_is_too_large_is_refused_by_its_size(claire: Client, how: str) -> None:
    size = 2 * LARGEST_FILE if how == "text" else 20 * LARGEST_FILE
    response = look(claire, "x" * size, how=how)
    assert response.status_code == 422
    result = f"The file has {2 if how == 'text' else 20} MB; a programme file has 1 MB at most."
    assert result in words(response)


@pytest.mark.parametrize("brought", [{}, {"text": " \n"}])
def test_nothing_brought_is_said(claire: Client, brought: dict[str, str]) -> None:
    response = cast("HttpResponse", claire.post(PAGE, brought))
    assert response.status_code == 422
    assert "Choose a file, or paste its text." in words(response)


def test_html_in_a_title_stays_text(claire: Client) -> None:
    import_it(claire, changed('fr: "L\'essai"', 'fr: "<script>alert(1)</script>"', MINE))
    assert Programme.objects.get(slug="essai").title.localize("fr") == "<script>alert(1)</script>"
    page = claire.get("/fr/desk/content/programmes/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_all_of_it_or_nothing(claire: Client) -> None:
    shown = look(claire)
    make.cycle(slug="mardis", programme=make.programme(slug="autre"))
    refused = cast("HttpResponse", claire.post(f"{PAGE}save/", {"checked": checked(shown)}))
    assert refused.status_code == 422
    assert (slugs(), Session.objects.count()) == ({"sien", "autre"}, 0)


@pytest.mark.parametrize("trick", ["altered", "old", "other"])
def test_only_what_was_looked_at_is_imported(claire: Client, client: Client, trick: str) -> None:
    value = checked(look(claire))
    if trick == "altered":
        value = ("a" if value[0] != "a" else "b") + value[1:]
    elif trick == "other":
        client.force_login(make.membership(role=Membership.Role.OWNER).user)
    later = BEFORE + dt.timedelta(hours=2 if trick == "old" else 0)
    with time_machine.travel(later, tick=False):
        answer = client.post(f"{PAGE}save/", {"checked": value}, follow=True)
    assert "choose the file again" in answer.content.decode()
    assert Session.objects.count() == 0


def test_the_largest_file_fits_in_the_form(claire: Client) -> None:
    padding = MINE + "".join(f"# {number:>1000}\n" for number in range(1000))
    assert 1_000_000 < len(padding) < LARGEST_FILE
    assert "10 entries were created" in import_it(claire, padding)


# whose it is


def test_another_programme_is_not_changed(claire: Client) -> None:
    others = make.programme(slug="essai", title={"fr": "À elles"})
    assert refusals(claire, MINE) == [
        "8: programmes/essai: slug: this slug is taken in a programme that you do not plan: choose another one"
    ]
    others.refresh_from_db()
    assert str(others.title) == "À elles"
    assert Membership.objects.filter(programme=others).count() == 0


def test_nothing_loses_its_programme(claire: Client) -> None:
    """It would leave the desk of everyone who plans it, and only an administrator could bring it back."""
    import_it(claire)
    kind = "    kind: webinar_cycle\n"
    assert refusals(claire, changed(f"    programme: essai\n{kind}", kind, MINE)) == [
        "16: cycles/mardis: programme: say its programme: what belongs to none is for site administrators"
    ]
    assert Cycle.objects.get(slug="mardis").programme == Programme.objects.get(slug="essai")


NEW = "schema_version: 1\n"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'cycles:\n  - {slug: b-cycle, programme: sien, kind: webinar_cycle, title_fr: "Pris"}\n',
            "3: cycles/b-cycle: slug: this slug is taken in a programme that you do not plan: choose another one",
        ),
        (
            'cycles:\n  - {slug: c, programme: b, kind: webinar_cycle, title_fr: "Chez B"}\n',
            "3: cycles/c: “b” is not known (programmes)",
        ),
        (
            (
                "cycles:\n  - {slug: c, programme: sien, kind: webinar_cycle, title_fr: C}\n"
                "sessions:\n  - {slug: s, cycle: b-cycle, date: 2026-02-03, title_fr: S}\n"
            ),
            "5: sessions/s: cycle: the cycle of a session stands in the same file",
        ),
        (
            'news:\n  - {slug: n, programme: b, title_fr: "Chez B", published_on: 2026-01-02}\n',
            "3: news/n: “b” is not known (programmes)",
        ),
        (
            "news:\n  - {slug: b-news, programme: sien, title_fr: Pris, published_on: 2026-01-02}\n",
            "3: news/b-news: slug: this slug is taken in a programme that you do not plan: choose another one",
        ),
        (
            "news:\n  - {slug: n, programme: sien, title_fr: N, about: [b-cycle], published_on: 2026-01-02}\n",
            "3: news/n: “b-cycle” is not known",
        ),
        (
            'events:\n  - {slug: e, title_fr: "À personne", date: 2026-01-02}\n',
            "3: events/e: programme: say its programme: what belongs to none is for site administrators",
        ),
        (
            'events:\n  - {slug: commun, programme: sien, title_fr: "Pris", date: 2026-01-02}\n',
            "3: events/commun: slug: this slug is taken in a programme that you do not plan: choose another one",
        ),
    ],
    ids=["cycle", "new cycle", "session", "new post", "post", "link", "nobody's", "common"],
)
def test_an_organiser_of_one_programme_writes_nothing_in_another(
    claire: Client, text: str, error: str
) -> None:
    b = make.programme(slug="b")
    make.cycle(slug="b-cycle", programme=b, title={"fr": "À B"})
    News.objects.create(slug="b-news", kind=News.Kind.ANNOUNCEMENT, programme=b, title={"fr": "À B"})
    Event.objects.create(slug="commun", title={"fr": "À tous"})
    ResourceSeries.objects.create(slug="serie", title={"fr": "Série"})
    before = _everything()
    assert error in refusals(claire, NEW + text)
    assert _everything() == before


def test_the_series_that_all_share_are_changed_by_who_plans(claire: Client) -> None:
    """As on their pages in the desk."""
    ResourceSeries.objects.create(slug="serie", title={"fr": "Série"})
    import_it(claire, NEW + 'resource_series:\n  - {slug: serie, title_fr: "Autrement"}\n')
    assert str(ResourceSeries.objects.get()) == "Autrement"


@pytest.mark.parametrize("slug", ["serie", "neuve"])
def test_whoever_does_not_plan_every_programme_changes_and_adds_none(claire: Client, slug: str) -> None:
    make.programme(slug="b")
    ResourceSeries.objects.create(slug="serie", title={"fr": "Série"})
    before = _everything()
    text = f'resource_series:\n  - {{slug: {slug}, title_fr: "Autrement"}}\n'
    reason = "the whole site shows it: whoever plans all programmes writes it, leave it out"
    assert refusals(claire, NEW + text) == [f"3: resource_series/{slug}: slug: {reason}"]
    assert _everything() == before


def _everything() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Programme, Cycle, Session, News, Event, ResourceSeries, Membership)
    ]


@pytest.mark.parametrize(
    ("role", "title"),
    [(Membership.Role.OWNER, "L'essai"), (Membership.Role.TRAINER, "Ancien"), (None, "Ancien")],
)
def test_ones_own_programme_is_changed_by_who_plans_it(client: Client, role: str | None, title: str) -> None:
    programme = make.programme(slug="essai", title={"fr": "Ancien"})
    user = make.user() if role is None else make.membership(programme=programme, role=role).user
    client.force_login(user)
    if role == Membership.Role.OWNER:
        assert "1 was changed" in import_it(client)
    else:
        assert look(client).status_code == 403
    programme.refresh_from_db()
    assert programme.title.localize("fr") == title


def test_a_planner_of_another_programme_who_only_reads_this_one_changes_nothing(
    claire: Client, user: User
) -> None:
    programme = make.programme(slug="essai", title={"fr": "Ancien"})
    make.membership(programme=programme, user=user, role=Membership.Role.READER)
    assert look(claire).status_code == 422
    programme.refresh_from_db()
    assert str(programme.title) == "Ancien"


def test_a_site_administrator_imports_anything(client: Client) -> None:
    make.programme(slug="essai", title={"fr": "Ancien"})
    Topic.objects.create(slug="gouverner", name={"fr": "Autre"})
    client.force_login(make.user(is_superuser=True))
    assert "2 were changed" in import_it(client)


def test_what_all_programmes_share_is_changed_by_whoever_plans_one(claire: Client) -> None:
    Topic.objects.create(slug="gouverner", name={"fr": "Ancien"})
    assert "1 was changed" in import_it(claire)
    assert Topic.objects.get(slug="gouverner").name.localize("fr") == "Gouverner"


def test_programmes_lead_to_it(claire: Client) -> None:
    assert f'href="{PAGE}"' in claire.get("/en/desk/content/programmes/").content.decode()
    assert f'href="{PAGE}"' not in claire.get("/en/desk/content/news/").content.decode()


def test_a_dry_run_writes_nothing(user: User) -> None:
    report = bring_in(MINE.encode(), by=user, at=BEFORE, dry_run=True)
    assert (report.created.total(), slugs(), IMPORTS.all().count()) == (10, {"sien"}, 0)
