"""What saving a session's editor sends, said before it is saved and again after."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.content import editing
from cycles.models import Membership, News, NewsLink, Segment, Session
from notifications.delivery.run import sending
from notifications.models import Announcement, Delivery, GroupMessage, Occurrence
from notifications.plan import policy
from registrations.models import Registration
from tests import make
from tests.desk.browsing import filled, messages_of, page, pressed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
EDIT = ("session-edit", "tour", "escale-02")
SAVED = "Saved. The public page and the calendars show it now."
HELD = "The theme is not shown yet: tick that it is known when it may be announced."
LINKS = "The room changes: the links that people have lead to the new one."
LINK = '<a href="/en/desk/cycles/tour/deliveries/">See these emails, or stop them</a>'


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session(client: Client) -> Session:
    """Escale 2 without a theme, one place, which Amina has; three people in the cycle, and one waits."""
    cycle = make.cycle(slug="tour", programme=make.programme())
    session = make.session(
        cycle=cycle, slug="escale-02", number=2, capacity=1, has_theme=False, room_url="https://a.example.org"
    )
    make.registration(session=session, cycle_registration=make.cycle_registration(cycle=cycle))
    make.registration(
        session=session, cycle_registration=make.cycle_registration(cycle=cycle), state="waitlisted"
    )
    make.cycle_registration(cycle=cycle)
    for row in Registration.objects.all():
        Registration.objects.filter(pk=row.pk).update(participant=row.cycle_registration.participant)
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return session


def effect(client: Client, **fields: str) -> list[str]:
    """Return what the page says that saving these would send; nothing may be kept of it."""
    address = page(*EDIT)
    before = Session.objects.values().get(slug="escale-02")
    response = client.post(f"{address}effect/", filled(client, address) | fields)
    assert response.status_code == 200
    assert Session.objects.values().get(slug="escale-02") == before
    assert (Delivery.objects.count(), Occurrence.objects.filter(kind="themes_announced").count()) == (0, 0)
    return [str(mail) for mail in response.context["effect"]["owed"]]


def save(client: Client, **fields: str) -> list[str]:
    address = page(*EDIT)
    return messages_of(pressed(client, address, filled(client, address) | fields))


@pytest.mark.usefixtures("session")
def test_words_send_nothing(client: Client) -> None:
    assert effect(client, summary_fr="Autre chose") == []
    assert save(client, summary_fr="Autre chose") == [f"{SAVED} {HELD} No email is sent."]


def test_a_theme_that_becomes_known_is_mailed_to_the_whole_cycle(client: Client, session: Session) -> None:
    result = "New themes: to 3 people, Mon 2 Nov 2026, 17:00."
    assert effect(client, has_theme="on") == [result]
    assert save(client, has_theme="on") == [f"{SAVED} {result} {LINK}"]
    assert Announcement.objects.get().session == session
    # Announced already: no second mail.
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        assert effect_of_saved(client) == []


def effect_of_saved(client: Client) -> list[str]:
    address = page(*EDIT)
    response = client.post(f"{address}effect/", filled(client, address) | {"title_en": "Other"})
    return [str(mail) for mail in response.context["effect"]["owed"]]


def test_another_theme_joins_the_mail_of_the_day(client: Client, session: Session) -> None:
    save(client, has_theme="on")
    other = make.session(cycle=session.cycle, slug="escale-03", has_theme=False)
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        address = page("session-edit", "tour", "escale-03")
        response = pressed(client, address, filled(client, address) | {"has_theme": "on"})
    assert messages_of(response) == [f"{SAVED} New themes: to 3 people, Mon 2 Nov 2026, 17:00. {LINK}"]
    assert Occurrence.objects.filter(kind="themes_announced").count() == 1
    assert other.announcement.mailing.session == session


@pytest.mark.usefixtures("session")
def test_more_places_are_given_and_mailed(client: Client) -> None:
    result = "A place was given: to 1 person, at once."
    assert effect(client, capacity="2") == [result]
    assert save(client, capacity="2") == [f"{SAVED} {HELD} {result} {LINK}"]
    assert Delivery.objects.get().kind == "place_given"


def test_who_is_named_late_to_speak_gets_the_reminder_that_was_due(client: Client, session: Session) -> None:
    to_speakers = {
        "audience": "speakers",
        "kind": "speaker_reminder",
        "on_uncertain": "retry",
        "avoids_weekends": False,
        "avoids_holidays": False,
    }
    timing = policy.Timing(count=3, unit="days")
    policy.add(session.cycle, timing=timing, values=to_speakers, by=None, at=make.AT)
    make.slot(session)
    due = make.paris(2026, 11, 16)
    sending.tick(clock=due)
    sending.drain(clock=due)
    with time_machine.travel(due + dt.timedelta(hours=2), tick=False):
        client.force_login(make.membership(programme=session.cycle.programme).user)
        segment = Segment.objects.get()
        address = page(*EDIT)
        slots = f"segments-p{segment.pk}-slots"
        data = filled(client, address)
        data |= {
            slots: [*data[slots], "n1"],
            f"{slots}-n1-organisation_id": "Association des Quais",
            f"{slots}-n1-state": "accepted",
            f"{slots}-n1-contact_email": "marc@example.org",
        }
        response = client.post(f"{address}effect/", data)
    assert [str(mail) for mail in response.context["effect"]["owed"]] == [
        "Reminder to the speakers: to 1 person, at once."
    ]
    assert Delivery.objects.filter(kind="speaker_reminder").count() == 1


def test_a_long_theme_fits_in_the_subject_about_another_room(client: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(title={"fr": "é" * 300}, has_theme=True)
    save(client, room_url="https://b.example.org", tell_room="on")
    subjects = GroupMessage.objects.get().subjects
    assert {len(text) for text in subjects.values()} == {150}
    assert subjects["fr"].endswith("…")


@pytest.mark.parametrize(
    ("was", "fields", "words"),
    [
        ({}, {"room_url": "https://b.example.org"}, LINKS),
        (
            {"room_url": ""},
            {"room_url": "https://b.example.org"},
            "The links of those who register lead to this room.",
        ),
        (
            {},
            {"modality": "on_site", "place_fr": "Maison des Rives"},
            "The place changes: the page, the calendars and emails say the new one.",
        ),
        (
            {"modality": "on_site", "place": {"fr": "Maison des Rives"}},
            {"modality": "online"},
            "The links of those who register lead to this room.",
        ),
        ({}, {}, ""),
    ],
)
def test_another_room_is_called_what_it_is(
    client: Client, session: Session, was: dict[str, Any], fields: dict[str, str], words: str
) -> None:
    Session.objects.filter(pk=session.pk).update(**was)
    response = client.post(f"{page(*EDIT)}effect/", filled(client, page(*EDIT)) | fields)
    assert response.context["effect"]["room"] == words


def test_the_message_about_a_place_left_for_a_room_says_online(client: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(modality="on_site", place={"fr": "Maison des Rives"})
    save(client, modality="online", tell_room="on")
    message = GroupMessage.objects.get()
    assert message.subjects["en"].startswith("Now online: ")
    assert "takes place online" in message.bodies["en"]


@pytest.mark.usefixtures("session")
def test_the_people_of_another_room_are_told_where_somebody_wants_it(client: Client) -> None:
    fields = {"room_url": "https://b.example.org"}
    response = client.post(f"{page(*EDIT)}effect/", filled(client, page(*EDIT)) | fields)
    assert response.context["effect"] == {"owed": [], "room": LINKS}
    assert "prepare a message to the 1 person who has a place" in response.content.decode()
    assert save(client, **fields) == [f"{SAVED} {HELD} No email is sent."]
    assert not GroupMessage.objects.exists()
    # Ticked, but the room stays.
    save(client, tell_room="on")
    assert not GroupMessage.objects.exists()
    response = client.post(
        page(*EDIT), filled(client, page(*EDIT)) | {"room_url": "https://c.example.org", "tell_room": "on"}
    )
    message = GroupMessage.objects.get()
    assert response.headers["Location"] == f"/en/desk/cycles/tour/group-messages/{message.pk}/"
    assert message.subjects == {
        "fr": "Autre salle\u202f: Escale 2\u202f: thème à annoncer",
        "en": "Another room: Stop 2: theme to be announced",
    }
    assert message.bodies["en"] == (
        "Hello,\n\nStop 2: theme to be announced takes place in another room. The date stays: Thursday "
        "19 November 2026, 13:00–14:30 (Paris time).\n\nYour link leads there: you have nothing to do.\n\n"
        "{manage_link}"
    )
    look = client.get(response.headers["Location"])
    assert (look.context["group"].count, message.is_draft) == (1, True)
    assert Delivery.objects.count() == 0


def test_what_somebody_else_saved_is_shown_before_any_effect(client: Client, session: Session) -> None:
    data = filled(client, page(*EDIT)) | {"title_fr": "Le mien"}
    editing.edit(session, values={"title": {"fr": "Le sien"}}, by=None, at=NOW)
    response = client.post(f"{page(*EDIT)}effect/", data)
    assert (response.status_code, response.context["effect"]) == (409, None)
    shown = response.content.decode().partition('id="problems"')[2].partition("</form>")[0]
    assert "Le sien" in shown.partition('<form class="stack wide"')[0]


@pytest.mark.usefixtures("session")
def test_a_title_with_braces_is_no_variable(client: Client) -> None:
    Session.objects.update(title="{room}", has_theme=True)
    save(client, room_url="https://c.example.org", tell_room="on")
    assert GroupMessage.objects.get().subjects["en"] == "Another room: Stop 2: (room)"


def test_too_long_an_agenda_is_refused_in_words(client: Client, session: Session) -> None:
    keys = [f"n{number}" for number in range(61)]
    data = filled(client, page(*EDIT)) | {"segments": keys}
    data |= {f"segments-{key}-title_fr": key for key in keys} | {
        f"segments-{key}-kind": "welcome" for key in keys
    }
    for act in ("", "effect/", "preview/fr/"):
        response = client.post(f"{page(*EDIT)}{act}", data)
        assert response.status_code == 422
        assert response.context["form"].row_errors() == [
            ("segments", "Agenda", "That is too much: 60 at most.")
        ]
    assert session.segments.count() == 0
    data["segments"] = keys[:60]
    assert client.post(f"{page(*EDIT)}preview/fr/", data).status_code == 200
    assert client.post(page(*EDIT), data).status_code == 302
    assert session.segments.count() == 60


def test_a_published_recap_says_which_mail_it_sends(client: Client, session: Session) -> None:
    news = News.objects.create(
        slug="recap", kind="recap", programme=session.cycle.programme, is_published=False, body="Bravo"
    )
    NewsLink.objects.create(news=news, relation="about", session=session)
    response = pressed(client, page("content-publish", "news", "recap"))
    assert messages_of(response) == [
        f"Published: everyone can read it now. Recap: to 3 people, Mon 2 Nov 2026, 10:10. {LINK}"
    ]


@pytest.mark.parametrize(("role", "links"), [("trainer", 2), ("reader", 0), ("organiser", 2)])
def test_links_are_shown_to_those_whom_they_let_in(
    client: Client, session: Session, role: str, links: int
) -> None:
    client.force_login(make.membership(programme=session.cycle.programme, role=role).user)
    content = client.get(page(*EDIT)).content.decode()
    assert (
        content.count(page("session-host", "tour", "escale-02"))
        + content.count(f'{page("attendance", "tour", "escale-02")}"')
        == links
    )
