"""Kinds of mail: one place each, and what they say is true for whoever reads it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.template.loader import get_template
from django.utils import translation

from notifications.mail import compose, kinds
from notifications.mail.kinds import KINDS, Group, Kind
from notifications.mail.own_texts import texts
from notifications.models import Delivery
from registrations.models import CycleRegistration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
SOON = AT + dt.timedelta(days=30)
OWN = "Vous êtes inscrit, bravo {given_name}."


def test_every_kind_says_what_it_is_and_who_gets_it_in_both_languages() -> None:
    missing = []
    for language in ("fr", "en"):
        with translation.override(language):
            missing += [
                (name, language)
                for name, kind in KINDS.items()
                if not (str(kind.label) and str(kind.readers))
            ]
    assert missing == []
    for name in KINDS:
        for file in ("subject.txt", "body.txt", "body.html"):
            assert get_template(f"notifications/email/{name}/{file}")


def test_kinds_stand_in_the_order_of_their_moments() -> None:
    groups = [kind.group for kind in KINDS.values()]
    assert groups == sorted(groups)
    assert set(groups) == set(Group)


def test_two_kinds_have_two_names() -> None:
    with pytest.raises(ValueError, match="two kinds of mail are called note"):
        kinds.register(Kind(name="note", label="x", readers="y", group=Group.PLANNED))


def test_variables_of_every_kind_are_known_to_the_editor() -> None:
    unknown = {
        name: set(kind.variables) - set(texts.VARIABLES) for name, kind in KINDS.items() if kind.variables
    }
    assert {name: found for name, found in unknown.items() if found} == {}
    assert [name for name, kind in KINDS.items() if kind.variables is None] == [
        "confirm_address",
        "address_to_prove",
        "address_in_use",
        "address_changed",
        "own_link",
        "address_corrected",
        "article",
        "paper_issued",
        "paper_withdrawn",
        "schedule_changed",
        "speaker_said_no",
        "speaker_objects",
        "speaker_links",
        "countersign_asked",
        "organiser_requests",
        "organiser_room",
        "organiser_trouble",
        "organiser_week",
    ]


def own_text(cycle: Cycle, kind: str) -> None:
    texts.write(cycle, kind=kind, texts={"fr": ("À moi", OWN)}, by=None, at=AT)


def _of_whole(row: CycleRegistration, kind: str, **fields: Any) -> Delivery:
    return Delivery.objects.create(
        key=f"{kind}:{row.pk}",
        kind=kind,
        cycle_registration=row,
        participant=row.participant,
        to_address=row.participant.email,
        language="fr",
        created_at=AT,
        next_at=AT,
        **fields,
    )


def confirmed(row: CycleRegistration, **fields: Any) -> str:
    mail = compose.message(_of_whole(row, "registration_confirmed", **fields), at=AT)
    return f"{mail.subject}\n{mail.body}"


@pytest.mark.parametrize(("state", "is_own"), [(State.CONFIRMED, True), (State.WAITLISTED, False)])
def test_an_own_text_says_registered_to_nobody_who_waits(state: State, *, is_own: bool) -> None:
    row = make.cycle_registration(scope=CycleRegistration.Scope.CHOSEN)
    own_text(row.cycle, "registration_confirmed")
    session = make.session(cycle=row.cycle, starts_at=SOON)
    make.registration(session=session, participant=row.participant, cycle_registration=row, state=state)
    result = confirmed(row)
    assert ("Vous êtes inscrit, bravo" in result, result.startswith("À moi")) == (is_own, is_own)
    assert ("liste d’attente" in result) is not is_own


@pytest.mark.parametrize(
    "kind", ["session_moved", "session_postponed", "session_restored", "session_cancelled"]
)
@pytest.mark.parametrize("state", [State.CONFIRMED, State.WAITLISTED, State.OFFERED])
def test_an_own_text_of_a_change_is_for_those_who_have_a_place(kind: str, state: State) -> None:
    session = make.session(starts_at=SOON)
    own_text(session.cycle, kind)
    row = make.registration(
        session=session, state=state, offer_ends_at=SOON if state == State.OFFERED else None
    )
    mail = compose.message(make.delivery(row, kind=kind), at=AT)
    assert ("Vous êtes inscrit" in str(mail.body)) is (state == State.CONFIRMED)
    with translation.override("en"):
        assert "standard text" in texts.warnings(session.cycle, kind)[-1]


@pytest.mark.parametrize("kind", ["registration_cancelled", "registration_removed"])
@pytest.mark.parametrize("is_one", [True, False])
def test_an_own_text_says_cancelled_to_nobody_who_keeps_dates(kind: str, *, is_one: bool) -> None:
    seat = make.registration(session=make.session(starts_at=SOON), confirmed_at=AT, state=State.CONFIRMED)
    own_text(seat.session.cycle, kind)
    delivery = make.delivery(seat, kind=kind)
    if not is_one:
        delivery.registration = delivery.session = None
    mail = compose.message(delivery, at=AT)
    assert ("Vous êtes inscrit" in str(mail.body), mail.subject == "À moi") == (not is_one, not is_one)
    with translation.override("en"):
        assert "one date only" in texts.warnings(seat.session.cycle, kind)[-1]


@pytest.mark.parametrize(("state", "is_own"), [(State.CONFIRMED, True), (State.IN_REVIEW, False)])
def test_an_own_text_says_registered_already_to_nobody_who_asked(state: State, *, is_own: bool) -> None:
    row = make.cycle_registration(scope=CycleRegistration.Scope.CHOSEN, state=state)
    own_text(row.cycle, "already_registered")
    mail = compose.message(_of_whole(row, "already_registered"), at=AT)
    assert ("Vous êtes inscrit, bravo" in str(mail.body)) is is_own


def test_an_own_text_keeps_what_organisers_write_to_one_person() -> None:
    row = make.cycle_registration(scope=CycleRegistration.Scope.CHOSEN)
    own_text(row.cycle, "request_refused")
    mail = compose.message(
        _of_whole(row, "request_refused", note="Trop tard *cette fois*.\nÀ l’an prochain\u202f!"), at=AT
    )
    assert (
        "L’équipe d’organisation vous écrit\u202f:\n\nTrop tard *cette fois*.\nÀ l’an prochain\u202f!"
        in str(mail.body)
    )
    assert "Trop tard *cette fois*.<br>À l’an prochain" in str(mail.alternatives[0][0])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "parce que vous vous êtes inscrit"),
        ({"source": "organiser"}, "parce que l’organisation vous a inscrit"),
        ({"source": "import"}, "parce que l’organisation vous a inscrit"),
        ({"state": State.WAITLISTED, "queued_at": AT}, "parce que vous avez demandé à participer"),
        ({"state": State.IN_REVIEW}, "parce que vous avez demandé à participer"),
    ],
)
def test_the_foot_says_how_its_reader_came_to_the_cycle(fields: dict[str, Any], words: str) -> None:
    row = make.cycle_registration(**fields)
    delivery = Delivery.objects.create(
        key="again",
        kind="already_registered",
        cycle_registration=row,
        participant=row.participant,
        to_address=row.participant.email,
        language="fr",
        created_at=AT,
        next_at=AT,
    )
    mail = compose.message(delivery, at=AT)
    html = str(mail.alternatives[0][0])
    whys = [
        why for why in ("vous vous êtes", "l’organisation vous a inscrit", "avez demandé à") if why in html
    ]
    assert (words in str(mail.body), words in html, len(whys)) == (True, True, 1)


@pytest.mark.parametrize("kind", ["session_restored"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_restored_date_that_is_not_sure_is_not_told_as_sure(kind: str, language: str) -> None:
    sure = {"fr": "La séance a bien lieu", "en": "It takes place after all"}[language]
    unsure = {"fr": "La séance est à nouveau prévue", "en": "It is planned again"}[language]
    session = make.session(starts_at=SOON)
    person = make.participant(language=language)
    row = make.registration(session=session, participant=person)
    delivery = make.delivery(row, kind=kind)
    for status, told, other in (("tentative", unsure, sure), ("confirmed", sure, unsure)):
        session.status = status
        session.save(update_fields=["status"])
        assert delivery.session is not None
        delivery.session.refresh_from_db()
        mail = compose.message(delivery, at=AT)
        for text in (mail.subject, mail.body, mail.alternatives[0][0]):
            assert told in str(text)
            assert other not in str(text)
