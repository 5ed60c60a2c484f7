"""On the day of a session every mail to somebody who has a place at it begins with the way in."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from cycles.events import NewsPublished
from cycles.models import Cycle, News, NewsLink, Session
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.mail.own_texts.texts import Texts
from notifications.models import GroupMessage
from registrations.links import personal_links
from registrations.models import Registration, State
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
DAY_OF_SECOND = paris(2026, 11, 19, 10)
FILLED = re.compile(r'<a class="button"[^>]*href="([^"]*)"')
# What is about no session ahead: the first is looked back on, the message is about the whole cycle.
KINDS = ["group_message", "group_news", "already_registered", "own_link"]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})


@pytest.fixture
def second(cycle: Cycle) -> Session:
    """Return the session of the day; a first one is over, a third one is ahead."""
    make.session(cycle=cycle, number=1, starts_at=paris(2026, 10, 22), title={"fr": "Bien partir"})
    make.session(cycle=cycle, number=3, starts_at=paris(2026, 12, 17), title={"fr": "Rester en chemin"})
    return make.session(cycle=cycle, number=2, starts_at=paris(2026, 11, 19), title={"fr": "Tenir la route"})


def registered(session: Session, *, state: State = State.CONFIRMED, **person: Any) -> Registration:
    participant = make.participant(email=f"{person.pop('name', 'amina')}@example.org", **person)
    owner = make.cycle_registration(cycle=session.cycle, participant=participant)
    more = {State.WAITLISTED: {"queued_at": make.AT}, State.CANCELLED: {"cancelled_at": make.AT}}
    return make.registration(
        session=session, participant=participant, cycle_registration=owner, state=state, **more.get(state, {})
    )


def written(
    kind: str, place: Registration, *, at: Any = DAY_OF_SECOND, texts: Texts | None = None
) -> tuple[str, list[str]]:
    """Return the text of a mail of the whole cycle, and where its filled buttons lead."""
    delivery = make.delivery(place, kind=kind)
    delivery.registration = delivery.session = None
    delivery.cycle_registration = place.cycle_registration
    if kind.startswith("group"):
        delivery.group_message = GroupMessage(
            cycle=place.session.cycle, subjects={"fr": "Bonjour"}, bodies={"fr": "Un mot.\n\n{manage_link}"}
        )
    message = compose.message(delivery, at=at, texts=texts)
    return str(message.body), FILLED.findall(str(message.alternatives[0][0]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_in_is_first_and_the_only_filled_button(second: Session, kind: str) -> None:
    place = registered(second)
    join = personal_links.join(place, language="fr")
    text, filled = written(kind, place)
    assert filled == [join]
    before, _link, after = text.partition(join)
    assert ["Tenir la route" in before, "/my/" in before, join in after] == [True, False, False]
    assert before.splitlines()[0] == "Aujourd’hui"


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ({"state": State.WAITLISTED}, DAY_OF_SECOND),
        ({"state": State.CANCELLED}, DAY_OF_SECOND),
        ({}, paris(2026, 11, 18, 10)),
        ({}, paris(2026, 11, 19, 23)),
        # Where it is already the day after when the session begins.
        ({"timezone": "Pacific/Auckland"}, DAY_OF_SECOND),
    ],
)
def test_without_a_place_or_on_another_day_there_is_none(
    second: Session, given: dict[str, Any], moment: Any
) -> None:
    place = registered(second, **given)
    text, filled = written("group_message", place, at=moment)
    assert ("/join/" in text, [link for link in filled if "/join/" in link], len(filled)) == (False, [], 1)


@pytest.mark.parametrize(
    "change",
    [{"modality": "on_site", "place": {"fr": "Nantes"}}, {"status": "draft"}, {"status": "cancelled"}],
)
def test_without_a_room_or_a_session_that_is_held_there_is_none(
    second: Session, change: dict[str, Any]
) -> None:
    place = registered(second)
    Session.objects.filter(pk=second.pk).update(**change)
    assert "/join/" not in written("group_message", place)[0]


def test_a_session_moved_to_today_is_joined_from_the_next_mail_on(second: Session) -> None:
    place = registered(second)
    morning = paris(2026, 11, 12, 9)
    assert "/join/" not in written("group_message", place, at=morning)[0]
    assert second.starts_at is not None
    planning.move(second, to=paris(2026, 11, 12, 18), by=None, at=morning)
    assert written("group_message", place, at=morning)[1] == [personal_links.join(place, language="fr")]


def test_in_progress_it_says_so(second: Session) -> None:
    text, _filled = written("group_message", registered(second), at=paris(2026, 11, 19, 13, 30))
    assert text.splitlines()[0] == "En cours"


def test_another_cycle_is_joined_from_a_mail_about_the_person_only(second: Session) -> None:
    place = registered(second)
    elsewhere = make.cycle_registration(participant=place.participant)
    other = make.registration(
        session=make.session(cycle=elsewhere.cycle, starts_at=paris(2026, 12, 1)),
        participant=place.participant,
        cycle_registration=elsewhere,
    )
    said = [
        personal_links.join(place, language="fr") in written(kind, other)[0]
        for kind in ("group_message", "own_link")
    ]
    assert said == [False, True]


def test_a_recap_on_the_day_of_the_next_session_brings_the_way_in(second: Session) -> None:
    place, waiting = registered(second), registered(second, state=State.WAITLISTED, name="sam")
    news = News.objects.create(
        slug="retour", kind=News.Kind.RECAP, title={"fr": "Retour"}, body={"fr": "On part ensemble."}
    )
    first = second.cycle.sessions.get(number=1)
    NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=first)
    NewsPublished(news=news, at=DAY_OF_SECOND).send()
    mail.outbox.clear()
    sending.tick(clock=DAY_OF_SECOND + 15 * MINUTE)
    sending.drain(clock=DAY_OF_SECOND + 15 * MINUTE)
    read = {
        message.to[0]: FILLED.findall(str(message.alternatives[0][0]))
        for message in mail.outbox
        if isinstance(message, EmailMultiAlternatives)
    }
    address = "http://testserver/fr/news/retour/"
    assert read == {
        place.participant.email: [personal_links.join(place, language="fr")],
        waiting.participant.email: [address],
    }


def test_a_mail_about_changes_of_other_dates_has_it_once(second: Session) -> None:
    later = make.session(cycle=second.cycle, number=4, starts_at=paris(2027, 1, 21))
    place = registered(second)
    for session in (later, second.cycle.sessions.get(number=3)):
        make.registration(
            session=session, participant=place.participant, cycle_registration=place.cycle_registration
        )
        planning.cancel(session, reason="Grève", by=None, at=DAY_OF_SECOND)
    mail.outbox.clear()
    sending.tick(clock=DAY_OF_SECOND + 15 * MINUTE)
    sending.drain(clock=DAY_OF_SECOND + 15 * MINUTE)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    join = personal_links.join(place, language="fr")
    html = str(message.alternatives[0][0])
    assert (str(message.body).count(join), html.count(f'href="{join}"'), FILLED.findall(html)) == (
        1,
        1,
        [join],
    )


@pytest.mark.parametrize(("moment", "count"), [(paris(2026, 11, 12, 10), 1), (DAY_OF_SECOND, 2)])
def test_each_reader_costs_one_query_more_on_the_day_and_none_on_others(
    second: Session, moment: Any, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    texts = Texts()
    written("own_link", registered(second, name="first"), at=moment, texts=texts)
    place = registered(second)
    with django_assert_num_queries(count):
        written("own_link", place, at=moment, texts=texts)
