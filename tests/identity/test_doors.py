"""Nobody comes in as somebody else: every door finds an account by one normal form, and by nothing near it.

Under ICU and under C.UTF-8, PostgreSQL's UPPER turns ı into I and ſ into S: these tests run with both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from cycles import team
from cycles.models import Invitation, Membership
from tests import doors, make
from tests.accounts.sign_in.test_oidc import Provider, come_back, is_in, provider  # noqa: F401 - a fixture
from tests.accounts.sign_in.test_sign_in import CODE, ask
from tests.desk.team.test_team import MEMBERS, link

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

ADMIN = "kim.admin@site.org"
# With a space: three letters alone may stand in a token by chance.
NAME = "Kim d’Ailleurs"
# Another domain, whose owner reads the mail; and what no server delivers.
OTHERS = ["kim.admin@s\u0131te.org", "kim.admin@xn--ste-jua.org"]
REFUSED = [
    "kim.adm\u0131n@site.org",
    "\u212aim.admin@site.org",
    "kim.adm\u0130n@site.org",
    "kim.admin@\u017fite.org",
    "kim.admin@s\u0130te.org",
    "kim.admin@\uff53ite.org",
]
SPELLINGS = [
    "Kim.Admin@SITE.org",
    " kim.admin@site.org\u200b",
    "<kim.admin@site.org>",
    "kim.admin@site\u00ad.org",
]


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser(ADMIN, name=NAME)


@pytest.fixture
def world() -> doors.World:
    return doors.world()


def store(row: Any, *, email: str) -> None:
    """Write what no form takes any more, as a database of before may hold it."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET email = %s WHERE id = %s", [email, row.pk])  # noqa: S608 - our own table


@pytest.mark.parametrize("email", OTHERS)
def test_an_invitation_to_another_domain_makes_another_account(
    client: Client, world: doors.World, admin: User, email: str
) -> None:
    client.force_login(world.people["owner"])
    client.post(MEMBERS, {"email": email, "role": "owner", "language": "fr"})
    client.logout()
    # The mail goes to the domain that was typed, written so that it cannot be taken for the other.
    assert mail.outbox[-1].to == ["kim.admin@xn--ste-jua.org"]
    url = link()
    assert "kim.admin@xn--ste-jua.org" in client.get(url).content.decode()
    client.post(url, {"name": "Mallory"})
    member = Membership.objects.get(user__email="kim.admin@xn--ste-jua.org")
    assert client.session["_auth_user_id"] == str(member.user.pk)
    assert (member.user.pk != admin.pk, member.user.is_superuser) == (True, False)
    assert not Membership.objects.filter(user=admin).exists()


@pytest.mark.parametrize("email", REFUSED)
def test_an_invitation_to_a_look_alike_is_refused_in_words(
    client: Client, world: doors.World, admin: User, email: str
) -> None:
    client.force_login(world.people["owner"])
    answer = client.post(MEMBERS, {"email": email, "role": "owner", "language": "fr"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "ressemble à une autre lettre" in page or "ne peut pas y figurer" in page
    assert Invitation.objects.filter(email=email).count() == 0
    assert (mail.outbox, Membership.objects.filter(user=admin).exists()) == ([], False)


@pytest.mark.parametrize("email", REFUSED)
def test_an_invitation_of_before_opens_nobodys_account(
    client: Client, world: doors.World, admin: User, email: str
) -> None:
    row = make.invitation(programme=world.programme, role="owner")
    store(row, email=email)
    row.refresh_from_db()
    url = reverse("desk:invitation", args=[team.token(row)])
    assert NAME not in client.get(url).content.decode().replace(email, "")
    assert client.post(url, {"name": "Mallory"}).status_code == 422
    assert "_auth_user_id" not in client.session
    assert not Membership.objects.filter(user=admin).exists()


@pytest.mark.parametrize("email", SPELLINGS)
def test_who_organises_already_is_known_in_every_spelling(
    world: doors.World, admin: User, email: str
) -> None:
    make.membership(programme=world.programme, user=admin)
    with pytest.raises(team.TeamError, match="fait déjà partie de l’équipe"):
        team.invite(world.programme, email=email, role="reader", language="fr", by=None, at=make.AT)


def test_one_address_has_one_invitation(world: doors.World) -> None:
    rows = [
        team.invite(world.programme, email=email, role="reader", language="fr", by=None, at=make.AT)
        for email in ("Zoe@École.fr", "zoe@xn--cole-9oa.fr", "zoe@e\u0301cole.fr\u200b")
    ]
    assert {row.pk for row in rows} == {rows[0].pk}
    assert [row.email for row in Invitation.objects.filter(pk=rows[0].pk)] == ["zoe@xn--cole-9oa.fr"]
    with pytest.raises(IntegrityError), transaction.atomic():
        make.invitation(programme=world.programme, email="ZOE@École.fr")


@pytest.mark.parametrize("email", [*OTHERS, *REFUSED])
def test_another_organisation_vouches_for_nobody_else(
    client: Client,
    provider: Provider,  # noqa: F811 - the fixture
    admin: User,
    email: str,
) -> None:
    provider.person["email"] = email
    come_back(client, provider)
    assert not is_in(client)
    assert User.objects.get().pk == admin.pk


def test_ones_own_organisation_may_write_capitals(
    client: Client,
    provider: Provider,  # noqa: F811 - the fixture
    admin: User,
) -> None:
    provider.person["email"] = "KIM.Admin@Site.org"
    come_back(client, provider)
    assert client.session["_auth_user_id"] == str(admin.pk)


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("email", OTHERS)
def test_no_code_leaves_for_another_domain(client: Client, email: str) -> None:
    assert "kim.admin@xn--ste-jua.org" in ask(client, email)
    (message,) = mail.outbox
    assert (message.to, CODE.search(str(message.body))) == (["kim.admin@xn--ste-jua.org"], None)


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("email", REFUSED)
def test_no_code_is_asked_for_with_a_look_alike(client: Client, email: str) -> None:
    page = ask(client, email)
    assert "ressemble à une autre lettre" in page or "ne peut pas y figurer" in page
    assert mail.outbox == []


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("email", SPELLINGS)
def test_a_code_goes_to_the_accounts_own_address(client: Client, email: str) -> None:
    ask(client, email)
    (message,) = mail.outbox
    assert (message.to, bool(CODE.search(str(message.body)))) == ([ADMIN], True)


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("email", [*OTHERS, *REFUSED])
def test_the_command_and_django_find_nobody_near(email: str) -> None:
    with pytest.raises(CommandError):
        call_command("login_link", email)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(email)
    assert User.objects.at_address(email) is None


@pytest.mark.parametrize("email", SPELLINGS)
def test_every_spelling_finds_the_account(admin: User, email: str) -> None:
    assert User.objects.at_address(email) == User.objects.get_by_natural_key(email) == admin
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=email)])


@pytest.mark.parametrize("email", ["KIM.admin@site.org", "kim.admin@Site.org"])
def test_the_database_refuses_what_no_normal_form_holds(email: str) -> None:
    other = make.user()
    with pytest.raises(IntegrityError), transaction.atomic():
        store(other, email=email)


def test_an_account_needs_an_address_that_is_one() -> None:
    for email in REFUSED:
        with pytest.raises(ValueError, match="no email address"):
            User.objects.create_user(email)


def test_the_administration_reads_addresses_alike(client: Client, admin: User) -> None:
    client.force_login(admin)
    other = make.user(email="zoe@example.org")
    page = reverse("admin:accounts_user_change", args=[other.pk])
    typed = {"name": "Zoé", "language": "fr", "is_active": "on"}
    for email, said in ((REFUSED[0], "ne peut pas y figurer"), ("Kim.Admin@SITE.org", "existe déjà")):
        assert said in client.post(page, {"email": email, **typed}).content.decode()
    assert client.post(page, {"email": "Zoe@École.fr", **typed}).status_code == 302
    other.refresh_from_db()
    assert other.email == "zoe@xn--cole-9oa.fr"
