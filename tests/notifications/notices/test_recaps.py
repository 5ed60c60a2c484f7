"""News of a cycle: one mail a recap, one mail a day for the themes announced, and who gets neither."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from cycles.content import editing
from cycles.events import NewsPublished
from cycles.models import Cycle, News, NewsLink, Resource, ResourceFile, Session
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.mail.own_texts import texts
from notifications.models import Announcement, Delivery, NewsStop, Occurrence
from notifications.notices import extracts
from notifications.plan import policy
from registrations.people import participants
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from registrations.models import Participant

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
# The day after escale 1; escale 2 is on 19 November.
NOW = paris(2026, 10, 23, 10)


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})


@pytest.fixture
def first(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, number=1, starts_at=paris(2026, 10, 22), title={"fr": "Bien partir"})


@pytest.fixture
def second(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, number=2, title={"fr": "Tenir la route"})


@pytest.fixture
def amina(cycle: Cycle) -> Participant:
    person = make.participant(email="amina@example.org")
    make.cycle_registration(cycle=cycle, participant=person)
    return person


def recap(session: Session, *, kind: News.Kind = News.Kind.RECAP) -> News:
    news = News.objects.create(
        slug=f"retour-{session.pk}",
        kind=kind,
        title={"fr": "Retour sur Bien partir"},
        body={"fr": "## Ce qui s'est dit\n\nOn part **bien** quand on part ensemble.\n\n* un point"},
    )
    NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=session)
    return news


def publish(news: News, *, at: dt.datetime = NOW) -> None:
    NewsPublished(news=news, at=at).send()


def leaving(at: dt.datetime) -> list[tuple[str, str]]:
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


@pytest.mark.usefixtures("second", "amina")
def test_a_published_recap_is_one_mail_to_everyone_registered_for_the_cycle(first: Session) -> None:
    publish(recap(first))
    assert leaving(NOW + 9 * MINUTE) == []
    assert leaving(NOW + 10 * MINUTE) == [
        ("amina@example.org", "Retour sur Bien partir · prochaine date\u202f: jeudi 19 novembre")
    ]
    publish(News.objects.get(), at=NOW + 60 * MINUTE)
    assert leaving(NOW + 80 * MINUTE) == []


@pytest.mark.usefixtures("second", "amina")
def test_the_recap_says_what_was_said_and_what_comes(first: Session) -> None:
    first.replay_url = "https://video.example.org/1"
    first.save()
    publish(recap(first))
    leaving(NOW + 10 * MINUTE)
    (message,) = mail.outbox
    body = str(message.body)
    assert "On part bien quand on part ensemble." in body
    assert "http://testserver/fr/news/retour-" in body
    assert "https://video.example.org/1" in body
    assert "jeudi 19 novembre 2026, 13\u202fh\u202f00" in body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.usefixtures("amina")
def test_a_recap_keeps_its_headings_and_lists_in_the_mail(first: Session) -> None:
    news = recap(first)
    news.body = {"fr": "## Trois leviers\n\n- **Écouter**\n- [Relier](https://example.org/relier)"}
    news.save()
    publish(news)
    leaving(NOW + 10 * MINUTE)
    (message,) = mail.outbox
    assert ("Trois leviers\n-------------\n\n- Écouter\n- Relier (https://example.org/relier)\n") in str(
        message.body
    )
    assert isinstance(message, EmailMultiAlternatives)
    html = re.sub(r' style="[^"]*"|\n', "", str(message.alternatives[0][0]))
    assert (
        "<h2>Trois leviers</h2><ul><li><strong>Écouter</strong></li>"
        '<li><a href="https://example.org/relier">Relier</a></li></ul>'
    ) in html


@pytest.mark.usefixtures("amina")
def test_a_recap_keeps_them_in_an_organisers_own_words_too(cycle: Cycle, first: Session) -> None:
    words = ("", "Bonjour {given_name},\n\n{recap_text}\n\n[Tout lire]({recap_link})")
    texts.write(cycle, kind="recap", texts={"fr": words}, by=None, at=NOW)
    news = recap(first)
    news.body = {"fr": "## Trois leviers\n\n1. Écouter\n2. Relier"}
    news.save()
    publish(news)
    leaving(NOW + 10 * MINUTE)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert "Trois leviers\n-------------\n\n1. Écouter\n2. Relier\n\nTout lire\nhttp" in str(message.body)
    html = re.sub(r' style="[^"]*"|\n', "", str(message.alternatives[0][0]))
    assert '<h2>Trois leviers</h2><ol start="1"><li>Écouter</li><li>Relier</li></ol>' in html
    assert ">Tout lire</a>" in html


@pytest.mark.usefixtures("amina")
def test_a_recap_leads_to_what_everyone_may_read_of_its_session(first: Session) -> None:
    for slug, title, fields in (
        ("diapos", "Diaporama de Nadia", {"kind": "slides"}),
        ("page", "Le site", {"kind": "website", "url": "https://example.org"}),
        ("brouillon", "Un brouillon", {"kind": "note", "is_published": False}),
        ("des-autres", "Le billet des autres", {"kind": "note", "programme": make.programme()}),
    ):
        resource = Resource.objects.create(slug=slug, title={"fr": title}, session=first, **fields)
        ResourceFile.objects.create(
            resource=resource, digest="0" * 64, ending="pdf", name="a.pdf", size=2048, added_at=NOW
        )
    ResourceFile.objects.get(resource__slug="page").delete()
    publish(recap(first))
    leaving(NOW + 10 * MINUTE)
    (message,) = mail.outbox
    assert (
        "Diaporamas et documents\n\n"
        "Diaporama de Nadia (diaporama, PDF, 2\u00a0ko)\nhttp://testserver/fr/resources/diapos/\n\n"
        "Le site (site web)\nhttp://testserver/fr/resources/page/\n\n"
    ) in str(message.body)
    assert "brouillon" not in str(message.body)
    assert "des-autres" not in str(message.body)
    assert isinstance(message, EmailMultiAlternatives)
    html = re.sub(r' style="[^"]*"', "", str(message.alternatives[0][0]))
    assert (
        '<li><a href="http://testserver/fr/resources/diapos/">Diaporama de Nadia</a> '
        "(diaporama, PDF, 2\u00a0ko)</li>"
    ) in html


@pytest.mark.usefixtures("second", "amina")
def test_a_recap_withdrawn_in_the_grace_tells_nobody(first: Session) -> None:
    news = recap(first)
    publish(news)
    News.objects.update(is_published=False)
    assert leaving(NOW + 10 * MINUTE) == []
    assert Occurrence.objects.get(kind="recap").state == "cancelled"


@pytest.mark.usefixtures("second", "amina")
def test_a_recap_can_be_stopped_in_the_grace(first: Session) -> None:
    publish(recap(first))
    policy.stop(Occurrence.objects.get(kind="recap"), by=None, at=NOW)
    publish(News.objects.get(), at=NOW + MINUTE)
    assert leaving(NOW + 30 * MINUTE) == []


@pytest.mark.usefixtures("second")
def test_who_gets_news_and_who_does_not(cycle: Cycle, first: Session) -> None:
    people = {
        name: make.participant(email=f"{name}@example.org") for name in ("stays", "left", "quiet", "new")
    }
    for name, person in people.items():
        confirmed_at = NOW + 11 * MINUTE if name == "new" else make.AT
        make.cycle_registration(cycle=cycle, participant=person, confirmed_at=confirmed_at)
    make.cycle_registration(cycle=cycle, state="cancelled", cancelled_at=NOW)
    make.cycle_registration(cycle=cycle, state="pending")
    NewsStop.objects.create(participant=people["left"], cycle=cycle, at=NOW)
    # Stopping reminders is another choice: the news stay (R9).
    participants.stop_reminders(people["quiet"], at=NOW)
    publish(recap(first))
    assert [address for address, _ in leaving(NOW + 10 * MINUTE)] == [
        "quiet@example.org",
        "stays@example.org",
    ]


@pytest.mark.usefixtures("second")
def test_who_leaves_the_news_at_the_last_moment_gets_none(
    cycle: Cycle, first: Session, amina: Participant
) -> None:
    publish(recap(first))
    sending.tick(clock=NOW + 10 * MINUTE)
    NewsStop.objects.create(participant=amina, cycle=cycle, at=NOW)
    sending.drain(clock=NOW + 10 * MINUTE)
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "news_stopped")]


@pytest.mark.parametrize(
    ("kind", "status"), [(News.Kind.ANNOUNCEMENT, "published"), (News.Kind.RECAP, "draft")]
)
def test_what_is_no_recap_of_a_published_cycle_sends_nothing(
    cycle: Cycle, first: Session, kind: News.Kind, status: str
) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(status=status)
    publish(recap(first, kind=kind))
    assert Occurrence.objects.count() == 0


def test_a_long_text_is_cut_at_the_end_of_a_word() -> None:
    text = extracts.plain("# Titre\n\n" + "mot " * 400)
    assert (len(text) <= 601 + len("\n-----"), text.endswith("mot…")) == (True, True)


def themed(cycle: Cycle, number: int, month: int, **fields: object) -> Session:
    return make.session(
        cycle=cycle, number=number, starts_at=paris(2026, month, 17), has_theme=False, **fields
    )


@pytest.mark.usefixtures("amina")
def test_themes_announced_in_a_day_are_one_mail(cycle: Cycle) -> None:
    december = themed(cycle, 3, 12, status="tentative")
    november = themed(cycle, 2, 11)
    words = {"has_theme": True, "title": {"fr": "Un thème"}}
    editing.edit(november, values=words, by=None, at=NOW)
    assert leaving(NOW + MINUTE) == []
    editing.edit(december, values=words, by=None, at=NOW + MINUTE)
    assert Announcement.objects.count() == 1
    editing.confirm_date(december, by=None, at=NOW + 2 * MINUTE)
    # A correction afterwards is no second announcement.
    editing.edit(november, values={"title": {"fr": "Un thème corrigé"}}, by=None, at=NOW + 3 * MINUTE)
    assert leaving(paris(2026, 10, 23, 16, 59)) == []
    assert leaving(paris(2026, 10, 23, 17)) == [("amina@example.org", "2 nouveaux thèmes\u202f: Le voyage")]
    body = str(mail.outbox[0].body)
    assert body.index("Un thème corrigé") < body.index("17 décembre 2026")
    assert leaving(paris(2026, 10, 24, 17)) == []


@pytest.mark.usefixtures("amina")
def test_what_is_announced_late_waits_for_the_next_day_and_one_theme_is_named(cycle: Cycle) -> None:
    session = themed(cycle, 2, 11)
    at = paris(2026, 10, 23, 16, 55)
    editing.edit(session, values={"has_theme": True, "title": {"fr": "Un thème"}}, by=None, at=at)
    assert leaving(paris(2026, 10, 23, 18)) == []
    assert leaving(paris(2026, 10, 24, 17)) == [
        ("amina@example.org", "Annoncé\u202f: Escale 2\u202f: Un thème")
    ]


@pytest.mark.usefixtures("amina")
def test_a_stop_cancelled_before_its_announcement_is_not_announced(cycle: Cycle) -> None:
    session = themed(cycle, 2, 11)
    editing.edit(session, values={"has_theme": True, "title": {"fr": "Un thème"}}, by=None, at=NOW)
    planning.cancel(session, reason="Grève", by=None, at=NOW + MINUTE)
    assert leaving(paris(2026, 10, 23, 17)) == []


@pytest.mark.usefixtures("amina")
def test_news_do_not_disturb_the_notices_of_a_move(cycle: Cycle, first: Session, second: Session) -> None:
    publish(recap(first))
    planning.move(second, to=paris(2026, 11, 26), by=None, at=NOW)
    make.registration(session=second)
    assert sorted(Occurrence.objects.filter(step=None, state="planned").values_list("kind", flat=True)) == [
        "recap",
        "session_moved",
    ]
    assert cycle.sessions.count() == 2
