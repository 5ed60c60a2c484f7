"""Every address of the desk, seen from outside: nobody, a stranger, a reader, someone who left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cycles import access
from cycles.models import Cycle, Membership, Session
from desk import urls
from notifications import plan
from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

Role = Membership.Role
ADDRESSES = {
    "home": (),
    "cycle-detail": ("tour",),
    "cycle-plan": ("tour",),
    "registrants": ("tour",),
    "registrants-export": ("tour",),
    "deliveries": ("tour",),
    "reminders": ("tour",),
    "reminder-change": ("tour", "j-7"),
    "reminder-remove": ("tour", "j-7"),
    "reminder-skip": ("tour", "escale-02", "j-7"),
    "reminder-follow": ("tour", "escale-02", "j-7"),
    "reminder-send": ("tour", "escale-02", "j-7"),
    "mailing-stop": ("tour", "escale-02", 1),
    "session-edit": ("tour", "escale-02"),
    "session-move": ("tour", "escale-02"),
    "session-cancel": ("tour", "escale-02"),
    "session-restore": ("tour", "escale-02"),
    "session-confirm": ("tour", "escale-02"),
}
OF_A_CYCLE = [name for name in ADDRESSES if name != "home"]
FOR_PLANNERS = [
    "cycle-plan",
    "session-move",
    "session-cancel",
    "session-restore",
    "reminder-change",
    "reminder-send",
]
# These answer to POST alone.
ACTS = ["session-confirm", "reminder-remove", "reminder-skip", "reminder-follow", "mailing-stop"]
ABOUT_PEOPLE = ["registrants", "registrants-export", "deliveries"]
WRITES = [
    "cycle-plan",
    "session-edit",
    "session-move",
    "session-cancel",
    "session-restore",
    "session-confirm",
    "reminders",
    "reminder-change",
    "reminder-remove",
    "reminder-skip",
    "reminder-follow",
    "reminder-send",
    "mailing-stop",
]


def address(name: str) -> str:
    return reverse(f"desk:{name}", args=ADDRESSES[name])


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme(), status=Cycle.Status.PUBLISHED)
    plan.default_steps(cycle)
    return make.session(cycle=cycle, slug="escale-02")


def signed_in(client: Client, session: Session, role: Role | None) -> User:
    """Sign in someone with a role in the session's programme, or in another one (None)."""
    user = make.user()
    programme = session.cycle.programme if role else make.programme()
    make.membership(user=user, programme=programme, role=role or Role.OWNER)
    client.force_login(user)
    return user


def test_no_address_of_the_desk_is_forgotten_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("session")
def test_nobody_is_sent_to_sign_in(client: Client, name: str, method: str) -> None:
    response = getattr(client, method)(address(name))
    if (name in ACTS and method == "get") or (method == "post" and name not in WRITES):
        assert response.status_code == 405
    else:
        assert (response.status_code, response.headers["Location"]) == (
            302,
            f"/fr/account/login/?next={address(name)}",
        )


@pytest.mark.parametrize("name", OF_A_CYCLE)
def test_for_a_stranger_the_cycle_does_not_exist(client: Client, session: Session, name: str) -> None:
    signed_in(client, session, None)
    if name not in ACTS:
        assert client.get(address(name)).status_code == 404
    if name in WRITES:
        assert client.post(address(name)).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_a_reader_writes_nothing(client: Client, session: Session, name: str) -> None:
    signed_in(client, session, Role.READER)
    assert client.post(address(name), {"seen": session.revised_at.isoformat()}).status_code == 403
    session.refresh_from_db()
    assert (session.status, session.revision, session.revised_at) == ("confirmed", 0, make.AT)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.READER, Role.PRIVACY])
@pytest.mark.parametrize("name", FOR_PLANNERS)
def test_pages_that_only_write_are_for_planners(
    client: Client, session: Session, name: str, role: Role
) -> None:
    signed_in(client, session, role)
    assert client.get(address(name)).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.ORGANISER, 200),
        (Role.TRAINER, 200),
        (Role.PRIVACY, 200),
        (Role.READER, 403),
    ],
)
@pytest.mark.parametrize("name", ABOUT_PEOPLE)
def test_a_reader_sees_figures_but_no_names(
    client: Client, session: Session, name: str, role: Role, status: int
) -> None:
    signed_in(client, session, role)
    assert client.get(address(name)).status_code == status


@pytest.mark.parametrize("role", [Role.OWNER, Role.ORGANISER, Role.TRAINER, Role.READER, Role.PRIVACY])
@pytest.mark.parametrize("name", ["home", "cycle-detail", "session-edit", "reminders"])
def test_every_role_sees_the_plan(client: Client, session: Session, name: str, role: Role) -> None:
    signed_in(client, session, role)
    assert client.get(address(name)).status_code == 200


def test_a_reader_is_offered_nothing_to_change(client: Client, session: Session) -> None:
    signed_in(client, session, Role.READER)
    pages = [client.get(address(name)) for name in ("cycle-detail", "session-edit", "reminders")]
    for page in pages:
        content = page.content.decode()
        for name in [name for name in WRITES if name not in ("cycle-plan", "session-edit", "reminders")]:
            assert address(name) not in content
        assert 'method="post"' not in content.replace('method="post" action="/fr/account/logout/"', "")


def test_a_cycle_without_a_programme_is_for_site_administrators(client: Client) -> None:
    cycle = make.cycle(slug="seul")
    client.force_login(make.membership(role=Role.OWNER).user)
    assert client.get(reverse("desk:cycle-detail", args=[cycle.slug])).status_code == 404
    client.force_login(make.user(is_superuser=True))
    assert client.get(reverse("desk:cycle-detail", args=[cycle.slug])).status_code == 200


def test_an_account_that_is_switched_off_is_out_at_once(client: Client, session: Session) -> None:
    user = signed_in(client, session, Role.OWNER)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert client.get(address("cycle-detail")).status_code == 302


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
        Role.OWNER: {"see", "people", "plan", "own"},
        Role.ORGANISER: {"see", "people", "plan"},
        Role.TRAINER: {"see", "people"},
        Role.READER: {"see"},
        Role.PRIVACY: {"see", "people"},
    }
    assert set(access.RIGHTS) == set(Role)
    assert access.roles_with(right.PLAN) == [Role.OWNER, Role.ORGANISER]
