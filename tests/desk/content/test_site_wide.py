"""Series and databases, which the site shows as its own: written by whoever plans every programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles import access
from cycles.models import ExternalDatabase, Membership, ResourceSeries
from tests import make
from tests.desk.browsing import filled

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db
Role = Membership.Role
KINDS = ("series", "databases")
EDIT = {kind: f"/en/desk/content/{kind}/commun/" for kind in KINDS}


@pytest.fixture
def claire() -> User:
    """Return an organiser of one programme, on a site where others may come."""
    ResourceSeries.objects.create(slug="commun", title={"fr": "Série", "en": "Series of all"})
    ExternalDatabase.objects.create(slug="commun", name="Base commune")
    return make.membership(programme=make.programme(slug="quais"), role=Role.ORGANISER).user


def statuses(client: Client, user: User) -> dict[str, int]:
    """Return what somebody gets who opens, saves, deletes and begins a series."""
    client.force_login(user)
    edit = EDIT["series"]
    return {
        "list": client.get("/en/desk/content/series/").status_code,
        "open": client.get(edit).status_code,
        "save": client.post(edit, {"title_fr": "Autrement"}).status_code,
        "delete": client.get(f"{edit}delete/").status_code,
        "new": client.get("/en/desk/content/series/new/").status_code,
    }


def test_where_one_plans_every_programme_they_are_written_as_before(client: Client, claire: User) -> None:
    client.force_login(claire)
    contents = client.get("/en/desk/content/").content.decode()
    for kind in KINDS:
        assert f'href="/en/desk/content/{kind}/"' in contents
        assert client.get(EDIT[kind]).status_code == 200
    assert [access.content(claire, model).count() for model in access.SITE_WIDE] == [1, 1]


@pytest.mark.parametrize("role", [None, Role.READER, Role.TRAINER, Role.PRIVACY])
def test_whoever_plans_one_programme_of_two_writes_none(
    client: Client, claire: User, role: Role | None
) -> None:
    other = make.programme(slug="autre")
    if role is not None:
        make.membership(programme=other, user=claire, role=role)
    assert statuses(client, claire) == dict.fromkeys(("list", "open", "save", "delete", "new"), 403)
    assert str(ResourceSeries.objects.get().title.localize("fr")) == "Série"
    contents = client.get("/en/desk/content/").content.decode()
    found = client.get("/en/desk/search/?q=commun").content.decode()
    for kind in KINDS:
        assert f'href="/en/desk/content/{kind}/"' not in contents
        assert EDIT[kind] not in found
    assert [access.content(claire, model).count() for model in access.SITE_WIDE] == [0, 0]
    assert [access.may_write(claire, model) for model in (*access.SITE_WIDE, *access.SHARED)] == [
        False,
        False,
        *[True] * len(access.SHARED),
    ]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.OWNER])
def test_whoever_plans_both_and_site_administrators_write_them(
    client: Client, claire: User, role: Role
) -> None:
    make.membership(programme=make.programme(slug="autre"), user=claire, role=role)
    for user, title in ((claire, "Autrement"), (make.user(is_superuser=True), "Encore")):
        got = statuses(client, user)
        assert [got[name] for name in ("list", "open", "new")] == [200, 200, 200]
        data = filled(client, EDIT["series"]) | {"title_fr": title}
        assert client.post(EDIT["series"], data).status_code == 302
        assert ResourceSeries.objects.get().title.localize("fr") == title


def test_for_whoever_has_no_role_they_are_not_there(client: Client, claire: User) -> None:
    del claire
    assert statuses(client, make.user())["open"] == 404
    reader = make.membership(programme=make.programme(slug="lu"), role=Role.READER).user
    assert statuses(client, reader)["open"] == 403


def test_to_list_what_one_may_write_of_each_kind_reads_memberships_with_it(
    claire: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kinds = (*access.SHARED, *access.SITE_WIDE)
    with django_assert_num_queries(len(kinds)):
        assert [len(access.content(claire, model)) for model in kinds] == [0, 0, 0, 0, 1, 1]
