"""The pages of who organises: the list, the invitation by mail, its link, the last owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts.models import User
from cycles.models import Invitation, Membership
from tests import doors, make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

MEMBERS = "/fr/desk/programmes/quais/members/"


@pytest.fixture
def world() -> doors.World:
    return doors.world()


def link() -> str:
    """Return the path of the link in the last mail."""
    match = re.search(r"http://testserver(/\S+/desk/invitation/\S+)", str(mail.outbox[-1].body))
    assert match
    return match[1]


def invite(client: Client, world: doors.World, email: str = "karim@example.org", language: str = "fr") -> str:
    client.force_login(world.people["owner"])
    response = client.post(MEMBERS, {"email": email, "role": "trainer", "language": language})
    assert response.headers["Location"] == MEMBERS
    client.logout()
    return link()


def test_an_invitation_leads_into_the_desk(client: Client, world: doors.World) -> None:
    url = invite(client, world)
    message = mail.outbox[0]
    assert (message.to, message.subject) == (
        ["karim@example.org"],
        "Claire vous invite dans l’équipe de « Programme d'essai »",
    )
    for _ in range(2):
        page = client.get(url)
        assert page.status_code == 200
        assert "karim@example.org" in page.content.decode()
    assert not User.objects.filter(email="karim@example.org").exists()
    response = client.post(url, {"name": "Karim"})
    assert (response.status_code, response.headers["Location"]) == (302, reverse("desk:home"))
    karim = User.objects.get(email="karim@example.org")
    assert (karim.name, client.session["_auth_user_id"]) == ("Karim", str(karim.pk))
    assert client.get("/fr/desk/cycles/tour/").status_code == 200
    client.logout()
    assert client.get(url).status_code == 404
    assert client.post(url, {"name": "Thief"}).status_code == 404


def test_the_mail_speaks_the_language_that_was_chosen(client: Client, world: doors.World) -> None:
    assert invite(client, world, language="en").startswith("/en/desk/invitation/")
    assert mail.outbox[0].subject == "Claire invites you to the team of “Trial programme”"


def test_a_second_step_is_asked_for_all_the_same(client: Client, world: doors.World) -> None:
    karim = make.user(email="karim@example.org")
    Authenticator.objects.create(user=karim, type="totp", data={"secret": "x"})
    response = client.post(invite(client, world), {"name": ""})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert Membership.objects.filter(user=karim, programme=world.programme).exists()


def test_someone_else_cannot_take_it(client: Client, world: doors.World) -> None:
    url = invite(client, world)
    client.force_login(world.stranger)
    assert "Vous êtes connecté" in client.get(url).content.decode()
    assert client.post(url, {"name": "x"}).status_code == 403
    assert Invitation.objects.filter(email="karim@example.org").exists()


def test_who_is_signed_in_already_just_accepts(client: Client, world: doors.World) -> None:
    karim = make.user(email="karim@example.org")
    url = invite(client, world)
    client.force_login(karim)
    welcome = client.post(url, {}, follow=True)
    assert welcome.redirect_chain == [(reverse("desk:home"), 302)]
    # Who trains, reads or answers for data does not organise: each is told their own role.
    assert "Votre rôle\u202f: formation." in welcome.content.decode()
    assert Membership.objects.get(user=karim).role == "trainer"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"email": "", "role": "reader", "language": "fr"}, "Donnez l’adresse de la personne à inviter"),
        (
            {"email": "karim", "role": "reader", "language": "fr"},
            "Cette adresse e-mail n’est pas complète",
        ),
        ({"email": "k@example.org", "role": "king", "language": "fr"}, "king"),
        ({"email": "k@example.org", "role": "reader", "language": "tlh"}, "tlh"),
        ({"email": "a@b.org\nBcc: c@d.org", "role": "reader", "language": "fr"}, "n’est pas complète"),
    ],
)
def test_bad_invitations_are_refused_in_words(
    client: Client, world: doors.World, values: dict[str, str], said: str
) -> None:
    client.force_login(world.people["owner"])
    response = client.post(MEMBERS, values)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert mail.outbox == []


def test_a_mail_that_cannot_leave_keeps_the_invitation(
    client: Client, world: doors.World, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.force_login(world.people["owner"])
    page = client.post(MEMBERS, {"email": "k@example.org", "role": "reader", "language": "fr"}, follow=True)
    assert "son e-mail n’a pas pu partir" in page.content.decode()
    assert Invitation.objects.filter(email="k@example.org").exists()


def test_roles_are_changed_taken_and_invitations_withdrawn(client: Client, world: doors.World) -> None:
    client.force_login(world.people["owner"])
    member = world.membership
    client.post(f"{MEMBERS}{member.pk}/role/", {"role": "organiser"})
    member.refresh_from_db()
    assert member.role == "organiser"
    client.post(f"{MEMBERS}{member.pk}/role/", {"role": "king"})
    member.refresh_from_db()
    assert member.role == "organiser"
    client.post(f"{MEMBERS}{member.pk}/remove/")
    assert not Membership.objects.filter(pk=member.pk).exists()
    again = reverse("desk:invitation-again", args=["quais", world.invitation.pk])
    client.post(again)
    assert mail.outbox[0].to == [world.invitation.email]
    client.post(reverse("desk:invitation-withdraw", args=["quais", world.invitation.pk]))
    assert not Invitation.objects.exists()


def test_a_number_of_another_programme_is_not_found(client: Client, world: doors.World) -> None:
    client.force_login(world.people["owner"])
    other = make.membership(role=Membership.Role.READER)
    elsewhere = make.invitation()
    for url in (
        f"{MEMBERS}{other.pk}/role/",
        f"{MEMBERS}{other.pk}/remove/",
        reverse("desk:invitation-again", args=["quais", elsewhere.pk]),
        reverse("desk:invitation-withdraw", args=["quais", elsewhere.pk]),
    ):
        assert client.post(url, {"role": "owner"}).status_code == 404
    other.refresh_from_db()
    assert other.role == "reader"


def test_the_last_owner_is_told_why_not(client: Client, world: doors.World) -> None:
    client.force_login(world.people["owner"])
    page = client.post(f"{MEMBERS}leave/", follow=True)
    assert "a besoin d’une personne responsable" in page.content.decode()
    client.force_login(world.people["reader"])
    assert client.post(f"{MEMBERS}leave/").headers["Location"] == reverse("desk:home")
    assert client.get(MEMBERS).status_code == 404


def test_the_last_owner_is_offered_no_leaving(client: Client, world: doors.World) -> None:
    client.force_login(world.people["owner"])
    alone = client.get(MEMBERS).content.decode()
    assert ("la seule personne responsable" in alone, 'members/leave/"' in alone) == (True, False)
    Membership.objects.filter(user=world.people["organiser"]).update(role="owner")
    two = client.get(MEMBERS).content.decode()
    assert ("la seule personne responsable" in two, 'members/leave/"' in two) == (False, True)


def test_only_who_decides_sees_buttons_and_invitations(client: Client, world: doors.World) -> None:
    client.force_login(world.people["reader"])
    page = client.get(MEMBERS).content.decode()
    assert world.invitation.email not in page
    assert "/role/" not in page
    assert "/remove/" not in page
    assert f"{MEMBERS}leave/" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_several(
    client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    programme = make.programme(slug="quais")
    owner = make.membership(programme=programme, role=Membership.Role.OWNER)
    for _ in range(number):
        make.membership(programme=programme)
        make.invitation(programme=programme, invited_by=owner.user)
    client.force_login(owner.user)
    # The session, who it is, the programme, the role; the members; the invitations.
    with django_assert_num_queries(6):
        page = client.get(MEMBERS)
    assert page.content.decode().count("/role/") == number + 1


def test_who_has_a_second_step_uses_it_again_to_decide(client: Client, world: doors.World) -> None:
    owner = world.people["owner"]
    Authenticator.objects.create(user=owner, type="totp", data={"secret": "x"})
    client.force_login(owner)
    assert client.get(MEMBERS).status_code == 200
    for url in (MEMBERS, f"{MEMBERS}{world.membership.pk}/role/", f"{MEMBERS}{world.membership.pk}/remove/"):
        response = client.post(url, {"role": "owner", "email": "k@example.org", "language": "fr"})
        assert response.headers["Location"].startswith(f"{reverse('mfa_reauthenticate')}?next=")
    world.membership.refresh_from_db()
    assert world.membership.role == "reader"
    assert mail.outbox == []
