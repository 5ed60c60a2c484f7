"""What a role finds on the pages that it may open. Who may open what at all: tests/test_doors.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cycles import access
from cycles.models import Membership, News, Session
from tests import doors, make
from tests.doors import DOORS

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

Role = Membership.Role
# What only looks or only concerns oneself (leaving a programme, the mails that one gets) is a reader's too.
OF_ONESELF = ("desk:my-mails",)
WRITES = sorted(
    name
    for name, door in DOORS.items()
    if name.startswith("desk:") and door.post and door.post is not access.Right.SEE and name not in OF_ONESELF
)
# Pages that readers see without their button: the address stands there, the form does not.
SEEN = ["desk:session-edit", "desk:reminders"]


@pytest.fixture
def world() -> doors.World:
    return doors.world()


@pytest.fixture
def session(world: doors.World) -> Session:
    return world.session


def address(name: str) -> str:
    args = DOORS[f"desk:{name}"].args
    assert not callable(args)
    return reverse(f"desk:{name}", args=args)


def signed_in(client: Client, session: Session, role: Role | None) -> User:
    """Sign in someone with a role in the session's programme, or in another one (None)."""
    user = make.user()
    programme = session.cycle.programme if role else make.programme()
    make.membership(user=user, programme=programme, role=role or Role.OWNER)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", WRITES)
def test_a_reader_writes_nothing(client: Client, world: doors.World, name: str) -> None:
    client.force_login(world.people["reader"])
    session = world.session
    url = doors.address(name, world)
    assert client.post(url, {"seen": session.revised_at.isoformat()}).status_code == 403
    session.refresh_from_db()
    assert (session.status, session.revision, session.revised_at) == ("confirmed", 0, make.AT)
    assert list(News.objects.values_list("slug", "is_published")) == [("billet", False)]


def test_a_reader_is_offered_nothing_to_change(client: Client, world: doors.World) -> None:
    client.force_login(world.people["reader"])
    for page in ("cycle-detail", "session-edit", "reminders"):
        content = client.get(address(page)).content.decode()
        offered = [name for name in WRITES if f'"{doors.address(name, world)}"' in content]
        assert [name for name in offered if name not in SEEN] == []
        assert 'method="post"' not in content.replace('method="post" action="/fr/account/logout/"', "")


def test_a_cycle_without_a_programme_is_for_site_administrators(client: Client) -> None:
    cycle = make.cycle(slug="seul")
    client.force_login(make.membership(role=Role.OWNER).user)
    assert client.get(reverse("desk:cycle-detail", args=[cycle.slug])).status_code == 404
    client.force_login(make.user(is_superuser=True))
    assert client.get(reverse("desk:cycle-detail", args=[cycle.slug])).status_code == 200


def test_home_lists_only_what_one_may_see(client: Client, session: Session) -> None:
    other = make.cycle(slug="autre", programme=make.programme())
    signed_in(client, session, Role.READER)
    content = client.get(address("home")).content.decode()
    assert address("cycle-detail") in content
    assert reverse("desk:cycle-detail", args=[other.slug]) not in content


def test_a_session_is_found_in_its_own_cycle_only(client: Client, session: Session) -> None:
    other = make.cycle(slug="autre", programme=session.cycle.programme)
    signed_in(client, session, Role.OWNER)
    assert client.get(reverse("desk:session-edit", args=[other.slug, session.slug])).status_code == 404
    assert client.get(reverse("desk:session-edit", args=["tour", "escale-99"])).status_code == 404
    assert client.get(reverse("desk:cycle-detail", args=["inconnu"])).status_code == 404


def test_the_table_of_rights() -> None:
    right = access.Right
    assert {role: {r.value for r in access.RIGHTS[role]} for role in access.RIGHTS} == {
        Role.OWNER: {"see", "people", "teach", "answers", "plan", "privacy", "audit", "members", "move"},
        Role.ORGANISER: {"see", "people", "teach", "answers", "plan"},
        Role.TRAINER: {"see", "people", "teach", "answers"},
        Role.READER: {"see"},
        Role.PRIVACY: {"see", "people", "privacy", "audit"},
    }
    assert set(access.RIGHTS) == set(Role)
    assert access.roles_with(right.PLAN) == [Role.OWNER, Role.ORGANISER]
