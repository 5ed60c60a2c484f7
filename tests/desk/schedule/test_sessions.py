"""Editing, moving, cancelling and restoring a session through its pages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from cycles.models import Membership, Session, SessionChange
from cycles.schedule import planning
from notifications.plan import defaults
from registrations.models import FeedToken
from tests import make
from tests.desk.browsing import go_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

TWICE = (
    "That hour comes twice on that night: the clocks go back. The first 02:30 is taken, before the change."
)
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session() -> Session:
    """Escale 2, 19 November 2026, in a cycle that Claire organises."""
    cycle = make.cycle(slug="tour", programme=make.programme())
    return make.session(cycle=cycle, slug="escale-02", number=2, planned_date=dt.date(2026, 11, 19))


@pytest.fixture
def claire(client: Client, session: Session) -> Client:
    membership = make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client


def page(name: str, language: str = "en") -> str:
    return reverse(f"desk:{name}", args=["tour", "escale-02"]).replace("/fr/", f"/{language}/", 1)


def move_form(session: Session, **fields: Any) -> dict[str, Any]:
    return {
        "date": "2026-12-03",
        "hour": "13:00",
        "minutes": "90",
        "reason_fr": "Grève <b>",
        "reason_en": "",
        "seen": session.revised_at.isoformat(),
        **fields,
    }


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# moving


def test_the_move_form_shows_where_the_session_is_now(claire: Client) -> None:
    content = claire.get(page("session-move")).content.decode()
    assert 'value="2026-11-19"' in content
    assert 'value="13:00"' in content
    assert 'value="90"' in content


def test_consequences_are_shown_before_anything_is_saved(claire: Client, session: Session) -> None:
    seated = make.registration(session=session)
    make.registration(session=session, state="waitlisted")
    make.registration(session=session, state="cancelled", cancelled_at=make.AT)
    FeedToken.objects.create(participant=seated.participant, token_hash="x", created_at=make.AT)
    response = claire.post(page("session-move"), move_form(session))
    assert response.status_code == 200
    context = response.context
    people = context["effects"].people
    assert (people.seated, people.waiting, people.calendars) == (1, 1, 1)
    assert context["old_when"] == "Thu 19 Nov 2026, 13:00"
    assert context["new_when"] == "Thursday 3 December 2026, 13:00–14:30 (Paris time)"
    assert context["off_rule"] == "1st Thursday"
    assert context["warnings"] == []
    session.refresh_from_db()
    assert (session.revision, SessionChange.objects.count()) == (0, 0)


@pytest.mark.parametrize("speaks", [False, True])
def test_a_preview_names_the_lines_for_speakers_where_somebody_speaks(
    claire: Client, session: Session, *, speaks: bool
) -> None:
    defaults.default_steps(session.cycle)
    if speaks:
        make.slot(session, state="accepted")
    response = claire.post(page("session-move"), move_form(session))
    labels = [reminder.label for reminder in response.context["effects"].reminders]
    for_speakers = [label for label in labels if label.endswith(" · the speakers")]
    assert labels != for_speakers
    assert len(set(labels)) == len(labels)
    assert bool(for_speakers) == speaks


def test_a_move_is_saved_and_says_what_happens_next(claire: Client, session: Session) -> None:
    make.registration(session=session)
    response = claire.post(page("session-move-save"), move_form(session), follow=True)
    assert response.redirect_chain == [
        (reverse("desk:cycle-detail", args=["tour"]).replace("fr", "en", 1), 302)
    ]
    assert [str(m) for m in response.context["messages"]] == [
        "Moved to Thu 3 Dec 2026, 13:00. 1 person is told by email at 10:10; until then it can be stopped."
    ]
    session.refresh_from_db()
    assert (session.starts_at, session.planned_date, session.revision) == (
        make.paris(2026, 12, 3),
        dt.date(2026, 11, 19),
        1,
    )
    change = SessionChange.objects.get()
    assert (change.by, change.at, str(change.reason)) == (response.wsgi_request.user, NOW, "Grève <b>")
    content = response.content.decode()
    assert "Grève &lt;b&gt;" in content
    assert "Grève <b>" not in content


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date": "2026-11-01"}, {"date": ["That moment is in the past: choose a later one."]}),
        (
            {"date": "2026-11-19"},
            {"date": ["The session is already at that date and hour: nothing to change."]},
        ),
        ({"date": "9999-12-31"}, {"date": ["This day is too far away: check the year."]}),
        ({"date": "jeudi"}, {"date": ["This is not a date: write it as 2026-10-22."]}),
        ({"date": "2026-02-30"}, {"date": ["This is not a date: write it as 2026-10-22."]}),
        ({"hour": "midi"}, {"hour": ["This is not an hour: write it as 13:00."]}),
        ({"minutes": "0"}, {"minutes": ["A session lasts at least one minute."]}),
        ({"minutes": "1560"}, {"minutes": ["A session lasts 24 hours at most: 1440 minutes."]}),
        ({"minutes": "1,5"}, {"minutes": ["Write the length in whole minutes, for instance 90."]}),
        ({"seen": "yesterday"}, {"seen": ["This form is incomplete: open the page again."]}),
        ({"seen": ""}, {"seen": ["This form is incomplete: open the page again."]}),
        (
            {"reason_fr": "x" * 5000},
            {"reason_fr": ["Ensure this value has at most 1000 characters (it has 5000)."]},
        ),
    ],
)
@pytest.mark.parametrize("act", ["session-move", "session-move-save"])
def test_a_wrong_move_names_the_field_and_keeps_what_was_written(
    claire: Client, session: Session, act: str, fields: dict[str, str], expected: dict[str, list[str]]
) -> None:
    response = claire.post(page(act), move_form(session, **fields))
    assert (response.status_code, errors(response)) == (422, expected)
    session.refresh_from_db()
    assert session.revision == 0
    if "reason_fr" not in fields:
        assert "Grève &lt;b&gt;" in response.content.decode()


def test_a_refusal_speaks_french_too(claire: Client, session: Session) -> None:
    response = claire.post(page("session-move", "fr"), move_form(session, date="2026-11-01"))
    assert errors(response) == {"date": ["Ce moment est passé\u202f: choisissez-en un à venir."]}


@pytest.mark.parametrize(
    ("date", "hour", "warnings"),
    [
        ("2027-01-01", "13:00", ["Public holiday: New Year's Day", "School holidays: Christmas Vacation"]),
        (
            "2027-03-28",
            "02:30",
            [
                "That hour does not exist on that day: the clocks go forward. The session would begin at 03:30."
            ],
        ),
        (
            "2027-10-31",
            "02:30",
            [TWICE],
        ),
    ],
)
def test_holidays_and_clock_changes_are_told(
    claire: Client, session: Session, date: str, hour: str, warnings: list[str]
) -> None:
    response = claire.post(page("session-move"), move_form(session, date=date, hour=hour))
    assert response.status_code == 200
    shown = response.context["warnings"]
    assert [w for w in shown if not w.startswith("School")] == [
        w for w in warnings if not w.startswith("School")
    ]


def test_a_whole_day_is_moved_without_an_hour(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(
        is_all_day=True, starts_at=make.paris(2026, 11, 19, 0), ends_at=make.paris(2026, 11, 20, 0)
    )
    form = {"date": "2026-11-26", "seen": session.revised_at.isoformat()}
    assert claire.post(page("session-move-save"), form).status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (make.paris(2026, 11, 26, 0), make.paris(2026, 11, 27, 0))


# two organisers


def test_whole_days_are_told_to_have_a_page_of_their_own(claire: Client, session: Session) -> None:
    several = reverse("desk:cycle-move", args=["tour"]).replace("/fr/", "/en/", 1)
    told, none_left = "is moved on its own page", "can still be moved"

    def shown() -> list[bool]:
        text = claire.get(several).content.decode()
        return [words in text for words in (told, session.slug, none_left)]

    assert shown() == [False, True, False]
    whole = make.session(cycle=session.cycle, slug="whole", number=3, starts_at=make.paris(2026, 12, 1, 0))
    Session.objects.filter(pk=whole.pk).update(is_all_day=True)
    assert shown() == [True, True, False]
    Session.objects.filter(pk=session.pk).update(is_all_day=True)
    assert shown() == [True, False, True]


@pytest.mark.parametrize("name", ["session-move-save", "session-cancel"])
def test_the_second_organiser_sees_what_the_first_saved(claire: Client, session: Session, name: str) -> None:
    stale = move_form(session)
    planning.move(session, to=make.paris(2026, 12, 10), by=None, at=NOW)
    response = claire.post(page(name), stale)
    assert response.status_code == 409
    assert response.context["conflict"].starts_at == make.paris(2026, 12, 10)
    content = response.content.decode()
    assert "Thursday 10 December 2026" in content
    session.refresh_from_db()
    assert (session.revision, session.status, session.title.localize("fr")) == (
        1,
        "confirmed",
        "Un titre : « l'essai »",
    )
    # Sent again from the page that showed the other version, it is a choice.
    again = {**stale, "seen": session.revised_at.isoformat()}
    assert f'value="{again["seen"]}"' in content
    assert claire.post(page(name), again).status_code == 302


# cancelling and restoring


def test_a_cancellation_needs_a_reason(claire: Client, session: Session) -> None:
    form = {"reason_fr": " ", "reason_en": "", "seen": session.revised_at.isoformat()}
    response = claire.post(page("session-cancel"), form)
    assert (response.status_code, errors(response)) == (
        422,
        {"reason_fr": ["Say why the session is cancelled: the people registered will read it."]},
    )
    session.refresh_from_db()
    assert session.status == "confirmed"


def test_cancel_then_restore(claire: Client, session: Session) -> None:
    make.registration(session=session)
    form = {"reason_fr": "", "reason_en": "Speaker ill", "seen": session.revised_at.isoformat()}
    response = claire.post(page("session-cancel"), form, follow=True)
    (message,) = response.context["messages"]
    assert str(message) == (
        "Cancelled: it stays on the page, struck through. "
        "1 person is told by email at 10:10; until then it can be stopped."
    )
    session.refresh_from_db()
    assert (session.status, session.cancel_reason.data) == ("cancelled", {"en": "Speaker ill"})
    response = claire.post(page("session-restore"), {"seen": session.revised_at.isoformat()}, follow=True)
    assert [str(m) for m in response.context["messages"]] == ["Restored. Nobody is told by email."]
    session.refresh_from_db()
    assert (session.status, session.revision) == ("confirmed", 2)


def test_what_planning_refuses_is_shown(claire: Client, session: Session) -> None:
    seen = session.revised_at.isoformat()
    response = claire.post(page("session-restore"), {"seen": seen})
    assert (response.status_code, errors(response)) == (422, {"__all__": ["This session is not cancelled."]})
    planning.cancel(session, reason="x", by=None, at=NOW)
    session.refresh_from_db()
    form = {"reason_fr": "y", "seen": session.revised_at.isoformat()}
    response = claire.post(page("session-cancel"), form)
    assert (response.status_code, errors(response)) == (
        422,
        {"__all__": ["This session is cancelled already."]},
    )


# editing


def test_words_and_room_are_saved_without_a_new_revision(claire: Client, session: Session) -> None:
    form = {
        "title_fr": "De la connaissance à la compétence !",
        "title_en": "",
        "has_theme": "on",
        "summary_fr": "Résumé",
        "summary_en": "Summary",
        "room_url": "https://meet.example.org/tour",
        "modality": "online",
        "room_kind": "link",
        "room_opens_minutes": "20",
        "legal_frame": "information",
        "capacity": "40",
        "is_recorded": "on",
        "replay_url": "",
        "seen": session.revised_at.isoformat(),
    }
    assert claire.post(page("session-edit"), form).status_code == 302
    session.refresh_from_db()
    assert session.title.data == {"fr": "De la connaissance à la compétence !"}
    assert session.summary.data == {"fr": "Résumé", "en": "Summary"}
    assert (session.room_url, session.room_opens_minutes, session.capacity, session.is_recorded) == (
        "https://meet.example.org/tour",
        20,
        40,
        True,
    )
    assert (session.revision, session.revised_at) == (0, NOW)
    # Nothing new: nothing is written, so no calendar is told of a change.
    form["seen"] = session.revised_at.isoformat()
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        assert claire.post(page("session-edit"), form).status_code == 302
    session.refresh_from_db()
    assert session.revised_at == NOW


def test_whom_to_write_to_is_kept_with_who_speaks(claire: Client, session: Session) -> None:
    slot = make.slot(session, contact_email="")
    part = f"segments-p{slot.segment_id}"
    mine = f"{part}-slots-p{slot.pk}"
    form = {
        "title_fr": "Titre",
        "modality": "online",
        "room_kind": "link",
        "room_opens_minutes": "15",
        "room_host_url": "https://visio.example.org/animation",
        "legal_frame": "information",
        "segments": [f"p{slot.segment_id}"],
        f"{part}-kind": "intervention",
        f"{part}-title_fr": "Les leviers",
        f"{part}-slots": [f"p{slot.pk}"],
        f"{mine}-organisation_id": str(slot.organisation),
        f"{mine}-state": "invited",
        f"{mine}-contact_name": "Nadia Belkacem",
        f"{mine}-contact_email": "nadia",
        f"{mine}-contact_language": "en",
        "seen": session.revised_at.isoformat(),
    }
    response = claire.post(page("session-edit"), form)
    assert response.status_code == 422
    assert "This is not a complete email address." in response.content.decode()
    missing = claire.post(page("session-edit"), form | {f"{mine}-contact_email": ""})
    assert "Give the address of this contact, or leave the name empty." in missing.content.decode()
    right = form | {f"{mine}-contact_email": "nadia@example.org"}
    plain = claire.post(page("session-edit"), right | {"room_host_url": "http://visio.example.org/"})
    assert "The address of a room begins with https://" in plain.content.decode()
    guarded = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.example.org%2Fanimation&data=05"
    assert claire.post(page("session-edit"), right | {"room_host_url": guarded}).status_code == 302
    slot.refresh_from_db()
    session.refresh_from_db()
    assert (slot.contact_name, slot.contact_email, slot.contact_language) == (
        "Nadia Belkacem",
        "nadia@example.org",
        "en",
    )
    # The room itself, not the guard of the mail that it was copied from.
    assert session.room_host_url == "https://visio.example.org/animation"
    public = claire.get(f"/en/cycles/tour/{session.slug}/").content.decode()
    assert "nadia" not in public.lower()
    assert "animation" not in public


def test_consequences_count_those_who_speak(claire: Client, session: Session) -> None:
    make.slot(session)
    make.registration(session=session)
    assert (
        "2 people are told by email (1 with a seat, 1 speaking)."
        in claire.get(page("session-cancel")).content.decode()
    )


def test_wrong_words_name_their_field(claire: Client, session: Session) -> None:
    form = {
        "has_theme": "on",
        "room_url": "javascript:alert(1)",
        "room_kind": "link",
        "room_opens_minutes": "-1",
        "capacity": "0",
        "seen": session.revised_at.isoformat(),
    }
    response = claire.post(page("session-edit"), form)
    assert (response.status_code, set(errors(response))) == (
        422,
        {"title_fr", "modality", "room_url", "room_opens_minutes", "capacity", "legal_frame"},
    )


def test_confirming_a_date_whose_theme_is_known_says_whom_it_tells(claire: Client, session: Session) -> None:
    make.registration(session=session)
    Session.objects.filter(pk=session.pk).update(status="tentative")
    session.refresh_from_db()
    asked = claire.post(page("session-confirm"), {"seen": session.revised_at.isoformat()})
    assert "New themes: to 1 person, Mon 2 Nov 2026, 17:00." in asked.content.decode()
    session.refresh_from_db()
    assert session.status == "tentative"
    response = claire.get(go_on(claire, asked).headers["Location"])
    (message,) = response.context["messages"]
    assert str(message) == (
        "The date is confirmed. New themes: to 1 person, Mon 2 Nov 2026, 17:00. "
        '<a href="/en/desk/cycles/tour/deliveries/">See these emails, or stop them</a>'
    )


def test_a_tentative_date_is_confirmed(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status="tentative")
    seen = {"seen": session.revised_at.isoformat()}
    response = claire.post(page("session-confirm"), seen, follow=True)
    assert [str(m) for m in response.context["messages"]] == ["The date is confirmed. No email is sent."]
    session.refresh_from_db()
    assert (session.status, session.revision, session.revised_at) == ("confirmed", 0, NOW)
    response = claire.post(page("session-confirm"), seen, follow=True)
    assert [str(m) for m in response.context["messages"]] == [
        "Someone else has changed this session in the meantime: nothing of yours was saved."
    ]
    response = claire.post(page("session-confirm"), {"seen": "x"}, follow=True)
    assert [str(m) for m in response.context["messages"]] == ["This form is incomplete: open the page again."]


@pytest.mark.parametrize("name", ["session-edit", "session-move", "session-cancel"])
@pytest.mark.parametrize("people", [1, 3])
def test_pages_of_a_session_count_their_queries(
    claire: Client, session: Session, django_assert_num_queries: Any, name: str, people: int
) -> None:
    for _person in range(people):
        make.registration(session=session)
    expected = {"session-edit": 12, "session-move": 4, "session-cancel": 44}[name]
    with django_assert_num_queries(expected):
        assert claire.get(page(name)).status_code == 200
