"""Team: the rules of inviting, accepting, changing and leaving, and what the database holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import signing
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from cycles import team
from cycles.models import ContentVersion, Invitation, Membership, Programme
from tests import make

pytestmark = pytest.mark.django_db

Role = Membership.Role


@pytest.fixture
def owner() -> Membership:
    return make.membership(role=Role.OWNER)


def invite(owner: Membership, email: str = "karim@example.org", **values: object) -> Invitation:
    arguments = {"email": email, "role": Role.TRAINER, "language": "fr", "by": owner.user, "at": make.AT}
    return team.invite(owner.programme, **{**arguments, **values})  # type: ignore[arg-type]  # by name


def roles(programme: Programme) -> list[tuple[str, str]]:
    return sorted(programme.memberships.values_list("user__email", "role"))


def verbs() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "detail"))


def test_an_invitation_is_accepted_by_a_new_account(owner: Membership) -> None:
    invitation = invite(owner, "Karim@Example.org ")
    result = team.find(team.token(invitation), at=make.AT)
    assert result == invitation
    member = team.accept(invitation, name=" Karim ", at=make.AT)
    assert (member.user.email, member.user.name, member.user.language) == ("karim@example.org", "Karim", "fr")
    assert not member.user.has_usable_password()
    assert member.role == "trainer"
    assert not Invitation.objects.exists()
    assert verbs() == [("member.invite", "trainer"), ("member.accept", "trainer")]


def test_an_account_that_exists_keeps_its_name(owner: Membership) -> None:
    karim = make.user(email="karim@example.org", name="Karim B.")
    member = team.accept(invite(owner), name="Someone else", at=make.AT)
    assert member.user == karim
    karim.refresh_from_db()
    assert karim.name == "Karim B."


def test_a_link_works_once(owner: Membership) -> None:
    invitation = invite(owner)
    secret = team.token(invitation)
    team.accept(invitation, name="", at=make.AT)
    assert team.find(secret, at=make.AT) is None
    with pytest.raises(team.TeamError):
        team.accept(invitation, name="", at=make.AT)
    assert Membership.objects.count() == 2


def test_a_link_ages(owner: Membership) -> None:
    invitation = invite(owner)
    secret = team.token(invitation)
    assert team.find(secret, at=make.AT + dt.timedelta(days=7, seconds=-1)) == invitation
    assert team.find(secret, at=make.AT + dt.timedelta(days=7)) is None
    with pytest.raises(team.TeamError):
        team.accept(invitation, name="", at=make.AT + dt.timedelta(days=7))


def test_sending_again_ends_the_first_link(owner: Membership) -> None:
    invitation = invite(owner)
    first = team.token(invitation)
    again = invite(owner, role=Role.READER)
    assert (again.pk, again.role) == (invitation.pk, "reader")
    assert team.find(first, at=make.AT) is None
    assert team.find(team.token(again), at=make.AT) == again
    # What a page still held in hand is not accepted either.
    with pytest.raises(team.TeamError):
        team.accept(invitation, name="", at=make.AT)


def test_a_withdrawn_link_opens_nothing(owner: Membership) -> None:
    invitation = invite(owner)
    secret = team.token(invitation)
    team.withdraw(invitation, by=owner.user, at=make.AT)
    assert team.find(secret, at=make.AT) is None


@pytest.mark.parametrize("content", [[1], [1, 2, 3], "text", 7, None, {"pk": 1}])
def test_a_signed_token_of_another_shape_is_refused(content: object) -> None:
    assert team.find(signing.dumps(content, salt=team.SALT), at=make.AT) is None


def test_a_token_of_another_purpose_or_altered_is_refused(owner: Membership) -> None:
    invitation = invite(owner)
    value = [invitation.pk, invitation.sent_at.isoformat()]
    assert team.find(signing.dumps(value, salt="another"), at=make.AT) is None
    secret = team.token(invitation)
    for wrong in ("", secret[:-1], secret + "x", secret[::-1], "x" * 10_000):
        assert team.find(wrong, at=make.AT) is None


def test_who_is_in_is_not_invited(owner: Membership) -> None:
    with pytest.raises(team.TeamError, match="fait déjà partie de l’équipe"):
        invite(owner, owner.user.email.upper())


def test_invitations_are_bounded(owner: Membership) -> None:
    for number in range(team.MOST_INVITATIONS):
        make.invitation(programme=owner.programme, email=f"p{number}@example.org", sent_at=make.AT)
    with pytest.raises(team.TeamError, match="50 invitations"):
        invite(owner)
    # Sending one of them again is no new one.
    invite(owner, "p1@example.org")
    assert Invitation.objects.count() == team.MOST_INVITATIONS


def test_an_account_that_is_switched_off_accepts_nothing(owner: Membership) -> None:
    make.user(email="karim@example.org", is_active=False)
    with pytest.raises(team.TeamError, match="désactivé"):
        team.accept(invite(owner), name="", at=make.AT)


def test_who_joined_otherwise_meanwhile_keeps_the_role(owner: Membership) -> None:
    invitation = invite(owner)
    make.membership(programme=owner.programme, user=make.user(email="karim@example.org"), role=Role.ORGANISER)
    assert team.accept(invitation, name="", at=make.AT).role == "organiser"


def test_the_last_owner_stays(owner: Membership) -> None:
    for act in (
        lambda: team.remove(owner, by=owner.user, at=make.AT),
        lambda: team.change_role(owner, role=Role.READER, by=owner.user, at=make.AT),
    ):
        with pytest.raises(team.TeamError, match="a besoin d’une personne responsable"):
            act()
    second = make.membership(programme=owner.programme, role=Role.OWNER)
    team.change_role(owner, role=Role.READER, by=owner.user, at=make.AT)
    with pytest.raises(team.TeamError):
        team.remove(second, by=owner.user, at=make.AT)
    assert verbs() == [("member.role", "reader")]


def test_an_owner_who_is_switched_off_does_not_count(owner: Membership) -> None:
    make.membership(programme=owner.programme, role=Role.OWNER, user=make.user(is_active=False))
    with pytest.raises(team.TeamError):
        team.remove(owner, by=owner.user, at=make.AT)


def test_roles_of_another_programme_do_not_count(owner: Membership) -> None:
    make.membership(role=Role.OWNER)
    with pytest.raises(team.TeamError):
        team.remove(owner, by=owner.user, at=make.AT)


def test_removing_leaves_the_account(owner: Membership) -> None:
    member = make.membership(programme=owner.programme, role=Role.READER)
    team.remove(member, by=owner.user, at=make.AT)
    assert roles(owner.programme) == [(owner.user.email, "owner")]
    assert User.objects.filter(pk=member.user_id).exists()
    with pytest.raises(team.TeamError, match="entre-temps"):
        team.remove(member, by=owner.user, at=make.AT)


def test_expired_addresses_are_not_kept(owner: Membership) -> None:
    invite(owner)
    assert team.purge(at=make.AT + dt.timedelta(days=37, seconds=-1)) == 0
    assert team.purge(at=make.AT + dt.timedelta(days=37)) == 1


def test_the_public_pages_do_not_hear_of_it(owner: Membership) -> None:
    before = ContentVersion.objects.values_list("number", flat=True).first()
    team.accept(invite(owner), name="Karim", at=make.AT)
    assert ContentVersion.objects.values_list("number", flat=True).first() == before


# the database


def test_one_invitation_an_address(owner: Membership) -> None:
    make.invitation(programme=owner.programme, email="karim@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.invitation(programme=owner.programme, email="KARIM@example.org")


def test_an_invitation_ends_after_it_began(owner: Membership) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.invitation(programme=owner.programme, expires_at=make.AT, sent_at=make.AT)


def test_one_role_a_person_and_a_known_one(owner: Membership) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(programme=owner.programme, user=owner.user, role=Role.READER)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.membership(programme=owner.programme, role="king")


def test_every_role_says_what_it_is_for() -> None:
    assert set(team.MEANING) == set(Role)
