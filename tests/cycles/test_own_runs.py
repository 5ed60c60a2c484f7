"""Whoever holds the role of a trainer sees the runs at which they train, by the address of an agenda, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import Http404

from cycles import access
from cycles.models import Cycle, Membership, SpeakerSlot
from tests import make

if TYPE_CHECKING:
    from accounts.models import User
    from cycles.models import Programme

pytestmark = pytest.mark.django_db
SEE, PEOPLE, TEACH = access.Right.SEE, access.Right.PEOPLE, access.Right.TEACH


@pytest.fixture
def programme() -> Programme:
    return make.programme()


@pytest.fixture
def marc(programme: Programme) -> User:
    user = make.user(email="Marc.Exemple@example.org")
    return make.membership(programme=programme, role=Membership.Role.TRAINER, user=user).user


def a_run(programme: Programme, **slot: str) -> Cycle:
    run = make.run(module=make.module(programme=programme))
    make.slot(make.half_days(run)[1], **slot)
    return run


def test_one_run_of_three_and_the_webinars(programme: Programme, marc: User) -> None:
    # As an organiser types it, in other letters and a domain in capitals.
    own = a_run(programme, contact_email="marc.exemple@EXAMPLE.org")
    other = a_run(programme, contact_email="nadia@example.org")
    refused = a_run(programme, contact_email="marc.exemple@example.org", state=SpeakerSlot.State.DECLINED)
    webinar = make.cycle(programme=programme)
    for right in (SEE, PEOPLE, TEACH):
        assert set(access.cycles(marc, right=right)) == {own, webinar}
    assert access.cycle_for(marc, own.slug, right=TEACH)[0] == own
    for run in (other, refused):
        with pytest.raises(Http404):
            access.cycle_for(marc, run.slug, right=SEE)
        session = run.sessions.first()
        assert session is not None
        with pytest.raises(Http404):
            access.session_for(marc, run.slug, session.slug, right=TEACH)
        with pytest.raises(Http404):
            access.content_for(marc, Cycle, run.slug)


@pytest.mark.parametrize(
    "role",
    [Membership.Role.OWNER, Membership.Role.ORGANISER, Membership.Role.READER, Membership.Role.PRIVACY],
)
def test_other_roles_see_every_run(programme: Programme, role: Membership.Role) -> None:
    run = a_run(programme)
    user = make.membership(programme=programme, role=role).user
    assert list(access.cycles(user)) == [run]
    assert access.cycle_for(user, run.slug)[0] == run


def test_a_trainer_who_organises_elsewhere_is_narrowed_here_alone(programme: Programme, marc: User) -> None:
    other = make.programme()
    make.membership(programme=other, role=Membership.Role.ORGANISER, user=marc)
    a_run(programme)
    theirs = a_run(other)
    assert list(access.cycles(marc)) == [theirs]
    assert list(access.cycles(marc, right=access.Right.PLAN)) == [theirs]


def test_an_address_in_an_agenda_opens_nothing_without_the_role(programme: Programme) -> None:
    stranger = make.user(email="nadia@example.org")
    run = a_run(programme, contact_email="nadia@example.org")
    assert list(access.cycles(stranger)) == []
    with pytest.raises(Http404):
        access.cycle_for(stranger, run.slug)
