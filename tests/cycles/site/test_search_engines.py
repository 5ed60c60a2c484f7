"""What machines read: robots.txt, the sitemap, Atom, schema.org, and the calendars of topics and speakers."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import icalendar
import pytest
import time_machine

from cycles.models import News, Segment, Session, SpeakerSlot
from cycles.schedule import planning
from cycles.site.page_cache.snapshots import store
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = dt.timedelta(days=1)


def read(client: Client, path: str) -> str:
    store.clear()
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def structured(client: Client, path: str) -> dict[str, Any]:
    result = re.findall(r'<script type="application/ld\+json">(.*?)</script>', read(client, path))
    assert len(result) == 1
    data: dict[str, Any] = json.loads(result[0])
    return data


def summaries(client: Client, path: str) -> list[str]:
    calendar = icalendar.Calendar.from_ical(read(client, path))
    return [str(event["SUMMARY"]) for event in calendar.events]


class TestRobots:
    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("/fr/", True),
            ("/fr/calendar.ics", True),
            ("/en/cycles/voyage.ics", True),
            # A private calendar: Google's service obeys this file.
            ("/fr/calendar/abc.ics", True),
            ("/fr/my/abc/", False),
            ("/en/join/abc/", False),
            ("/fr/desk/", False),
            ("/en/confirm/abc/", False),
            ("/mailbox/", False),
        ],
    )
    def test_calendars_are_open_and_people_are_not(self, client: Client, path: str, *, allowed: bool) -> None:
        robots = RobotFileParser()
        robots.parse(read(client, "/robots.txt").splitlines())
        assert robots.can_fetch("Google-Calendar-Importer", f"https://escale.example.org{path}") is allowed
        assert robots.site_maps() == ["http://testserver/sitemap.xml"]


def test_the_sitemap_names_public_pages_in_both_languages(client: Client) -> None:
    session = make.session(
        cycle=make.cycle(slug="voyage", programme=make.programme(slug="programme")), slug="un"
    )
    make.session(cycle=session.cycle, slug="brouillon", status=Session.Status.DRAFT)
    make.cycle(slug="secret", status="draft")
    tree = ET.fromstring(read(client, "/sitemap.xml"))  # noqa: S314 - our own bytes
    places = {element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    expected = {
        f"http://testserver/{language}/{path}"
        for language in ("fr", "en")
        for path in (
            "",
            "news/",
            "modules/",
            "agenda/",
            "upcoming/",
            "resources/",
            "subscribe/",
            "privacy/",
            "accessibility/",
            "programmes/",
            "programmes/programme/",
            "cycles/voyage/",
            "cycles/voyage/subscribe/",
            "cycles/voyage/un/",
        )
    }
    assert places == expected
    alternates = {element.get("hreflang") for element in tree.iter("{http://www.w3.org/1999/xhtml}link")}
    assert alternates == {"fr", "en"}


def test_a_host_that_someone_made_up_is_in_no_page(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    make.session(cycle=make.cycle(slug="voyage"), slug="un")
    for path in (
        "/sitemap.xml",
        "/robots.txt",
        "/fr/news.atom",
        "/fr/cycles/voyage.ics",
        "/fr/cycles/voyage/un/",
    ):
        store.clear()
        assert b"evil.example" not in client.get(path, headers={"host": "evil.example"}).content


class TestAtom:
    def entries(self, client: Client, path: str) -> list[tuple[str, str, str]]:
        tree = ET.fromstring(read(client, path))  # noqa: S314 - our own bytes
        return [
            (
                entry.findtext(f"{ATOM}title", ""),
                entry.findtext(f"{ATOM}updated", ""),
                entry.findtext(f"{ATOM}id", ""),
            )
            for entry in tree.iter(f"{ATOM}entry")
        ]

    def test_changes_of_dates(self, client: Client) -> None:
        session = make.session(
            cycle=make.cycle(slug="voyage"), number=2, title={"fr": "Titre", "en": "Title"}
        )
        hidden = make.session(cycle=make.cycle(slug="secret", status="draft"))
        planning.move(session, to=make.paris(2026, 11, 26), by=None, at=make.AT, reason={"fr": "Salle prise"})
        planning.cancel(session, by=None, at=make.AT + DAY, reason={"fr": "Malade"})
        planning.cancel(hidden, by=None, at=make.AT + DAY, reason={"fr": "Malade"})
        uid = f"urn:uuid:{session.uid}"
        expected = [
            ("Escale 2\u202f: Titre\u202f: annulée", "2026-10-02T07:00:00+00:00", f"{uid}#2"),
            ("Escale 2\u202f: Titre\u202f: déplacée", "2026-10-01T07:00:00+00:00", f"{uid}#1"),
        ]
        for path in ("/fr/changes.atom", "/fr/cycles/voyage/changes.atom"):
            assert self.entries(client, path) == expected
        body = read(client, "/fr/changes.atom")
        assert "Avant\u202f: jeudi 19 novembre 2026, 13\u202fh\u202f00" in body
        assert "Maintenant\u202f: jeudi 26 novembre 2026, 13\u202fh\u202f00" in body
        assert "Salle prise" in body
        assert client.get("/fr/cycles/secret/changes.atom").status_code == 404

    def test_what_is_cancelled_is_not_now_and_what_is_held_again_was_not_before(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(slug="voyage"))
        planning.cancel(session, by=None, at=make.AT, reason={"en": "The hall is closed."})
        planning.restore(session, by=None, at=make.AT + DAY)
        body = read(client, "/en/cycles/voyage/changes.atom")
        when = "Thursday 19 November 2026, 13:00–14:30 (Paris time)"
        assert re.findall(r"(Cancelled|Restored)&lt;br&gt;\n(\w+: [^&<]*)", body) == [
            ("Restored", f"Now: {when}"),
            ("Cancelled", f"Before: {when}"),
        ]
        assert body.count(when) == 2

    def test_news_and_its_dates(self, client: Client) -> None:
        with time_machine.travel(make.AT, tick=False):
            News.objects.create(
                slug="lancement",
                kind=News.Kind.LAUNCH,
                title={"fr": "Lancement"},
                body={"fr": "**Gras** <script>"},
                date_from=dt.date(2026, 9, 15),
                date_precision="day",
            )
            News.objects.create(slug="autre", kind=News.Kind.LAUNCH, title={"fr": "Sans date"}, position=1)
            News.objects.create(
                slug="cache", kind=News.Kind.LAUNCH, title={"fr": "Caché"}, is_published=False
            )
        assert self.entries(client, "/fr/news.atom") == [
            ("Lancement", "2026-09-15T00:00:00+02:00", "tag:escale.test,2026:news/lancement"),
            ("Sans date", "2026-10-01T07:00:00+00:00", "tag:escale.test,2026:news/autre"),
        ]
        assert "<script" not in read(client, "/fr/news.atom")

    def test_the_same_state_gives_the_same_bytes(self, client: Client) -> None:
        for path in ("/fr/news.atom", "/fr/changes.atom"):
            first = read(client, path)
            with time_machine.travel(make.AT + 400 * DAY):
                assert read(client, path) == first


class TestStructuredData:
    def test_a_session(self, client: Client) -> None:
        lead = make.organisation(
            name="Association", full_name="Association des Quais", url="https://quais.example.org/"
        )
        cycle = make.cycle(slug="voyage", title={"fr": "Le voyage"}, programme=make.programme(lead=lead))
        session = make.session(cycle=cycle, slug="un", number=2, title={"fr": "Titre & <suite>"})
        segment = Segment.objects.create(session=session, order=1)
        SpeakerSlot.objects.create(segment=segment, order=1, person=make.person(), organisation=lead)
        data = structured(client, "/fr/cycles/voyage/un/")
        association = {
            "@type": "Organization",
            "name": "Association des Quais",
            "url": "https://quais.example.org/",
        }
        assert data == {
            "@context": "https://schema.org",
            "@type": "EducationEvent",
            "@id": f"urn:uuid:{session.uid}",
            "name": "Escale 2\u202f: Titre & <suite>",
            "url": "http://testserver/fr/cycles/voyage/un/",
            "inLanguage": "fr",
            "startDate": "2026-11-19T13:00:00+01:00",
            "endDate": "2026-11-19T14:30:00+01:00",
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
            "location": {"@type": "VirtualLocation", "url": "http://testserver/fr/cycles/voyage/un/"},
            "isAccessibleForFree": True,
            "superEvent": {
                "@type": "EventSeries",
                "@id": "http://testserver/fr/cycles/voyage/",
                "name": "Le voyage",
                "url": "http://testserver/fr/cycles/voyage/",
            },
            "organizer": association,
            "performer": [{"@type": "Person", "name": "Nadia Belkacem", "affiliation": association}],
        }

    def test_moved_then_cancelled(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(slug="voyage"), slug="un")
        planning.move(session, to=make.paris(2026, 11, 26), by=None, at=make.AT, reason={"fr": "Salle prise"})
        data = structured(client, "/fr/cycles/voyage/un/")
        assert (data["eventStatus"], data["previousStartDate"]) == (
            "https://schema.org/EventRescheduled",
            "2026-11-19T13:00:00+01:00",
        )
        planning.cancel(session, by=None, at=make.AT, reason={"fr": "Malade"})
        assert (
            structured(client, "/fr/cycles/voyage/un/")["eventStatus"] == "https://schema.org/EventCancelled"
        )
        postponed = make.session(cycle=session.cycle, slug="deux", status="postponed", starts_at=None)
        assert postponed.starts_at is None
        assert "ld+json" not in read(client, "/fr/cycles/voyage/deux/")

    def test_the_rhythm_of_a_cycle(self, client: Client) -> None:
        cycle = make.cycle(slug="voyage")
        make.session(cycle=cycle, slug="un", planned_date=dt.date(2026, 11, 19))
        planning.skip(cycle, date=dt.date(2027, 8, 19), reason={"fr": "Relâche"}, by=None, at=make.AT)
        data = structured(client, "/en/cycles/voyage/")
        assert data["eventSchedule"] == {
            "@type": "Schedule",
            "repeatFrequency": "P1M",
            "startDate": "2026-10-01",
            "endDate": "2027-10-31",
            "scheduleTimezone": "Europe/Paris",
            "byDay": "https://schema.org/Thursday",
            "byMonthWeek": 3,
            "startTime": "13:00:00",
            "duration": "PT90M",
            "exceptDate": ["2027-08-19"],
        }
        assert [event["startDate"] for event in data["subEvent"]] == ["2026-11-19T13:00:00+01:00"]


class TestSmallerCalendars:
    def test_a_programme(self, client: Client) -> None:
        programme = make.programme(slug="programme")
        make.session(cycle=make.cycle(programme=programme, title={"fr": "Un"}), number=1, title={"fr": "A"})
        make.session(cycle=make.cycle(), number=2)
        assert summaries(client, "/fr/programmes/programme.ics") == ["Escale 1\u202f: A · Un"]
        programme.is_published = False
        programme.save()
        store.clear()
        assert client.get("/fr/programmes/programme.ics").status_code == 404

    def test_a_topic_wherever_it_is_treated(self, client: Client) -> None:
        cycle, topic = make.cycle(title={"fr": "Un"}), make.topic(slug="levier")
        tagged = make.session(cycle=cycle, number=1, title={"fr": "A"})
        tagged.topics.add(topic)
        treated = make.session(cycle=cycle, number=2, title={"fr": "B"}, starts_at=make.paris(2026, 12, 17))
        segment = Segment.objects.create(session=treated, order=1, topic=topic)
        SpeakerSlot.objects.create(segment=segment, order=1, person=make.person(), illustrates=topic)
        make.session(cycle=cycle, number=3)
        assert summaries(client, "/fr/topics/levier.ics") == [
            "Escale 1\u202f: A · Un",
            "Escale 2\u202f: B · Un",
        ]
        make.topic(slug="inconnu")
        assert client.get("/fr/topics/inconnu.ics").status_code == 404
        assert client.get("/fr/topics/inconnu/subscribe/").status_code == 404

    def test_a_speaker_who_then_declines(self, client: Client) -> None:
        session = make.session(cycle=make.cycle(title={"fr": "Un"}), number=1, title={"fr": "A"})
        make.session(cycle=session.cycle, number=2)
        segment = Segment.objects.create(session=session, order=1)
        slot = SpeakerSlot.objects.create(segment=segment, order=1, person=make.person(slug="nadia"))
        assert summaries(client, "/fr/speakers/nadia.ics") == ["Escale 1\u202f: A · Un"]
        before = Session.objects.get(pk=session.pk).shown_at
        slot.state = SpeakerSlot.State.DECLINED
        slot.save()
        # Nobody is told who declined; the other calendars no longer name the speaker.
        store.clear()
        assert client.get("/fr/speakers/nadia.ics").status_code == 404
        assert client.get("/fr/speakers/nadia/subscribe/").status_code == 404
        assert "Belkacem" not in read(client, "/fr/subscribe/")
        after = Session.objects.get(pk=session.pk).shown_at
        assert before is not None
        assert after is not None
        assert after > before
        assert "Belkacem" not in read(client, "/fr/calendar.ics")
        make.person(slug="inconnue")
        assert client.get("/fr/speakers/inconnue.ics").status_code == 404

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_every_calendar_has_its_page(self, client: Client, language: str) -> None:
        programme, topic, person = (
            make.programme(slug="programme"),
            make.topic(slug="levier"),
            make.person(slug="nadia"),
        )
        session = make.session(cycle=make.cycle(slug="voyage", programme=programme))
        session.topics.add(topic)
        segment = Segment.objects.create(session=session, order=1)
        SpeakerSlot.objects.create(segment=segment, order=1, person=person)
        pages = {
            "subscribe/": "calendar.ics",
            "programmes/programme/subscribe/": "programmes/programme.ics",
            "cycles/voyage/subscribe/": "cycles/voyage.ics",
            "topics/levier/subscribe/": "topics/levier.ics",
            "speakers/nadia/subscribe/": "speakers/nadia.ics",
        }
        for page, feed in pages.items():
            text = read(client, f"/{language}/{page}")
            for address in (f"http://testserver/{language}/{feed}", f"webcal://testserver/{language}/{feed}"):
                assert address in text, page
            assert text.count('<img src="data:image/svg+xml') == 1
        first = read(client, f"/{language}/subscribe/")
        assert [page for page in pages if f'href="/{language}/{page}"' in first] == [
            page for page in pages if page != "subscribe/"
        ]


class TestSecurity:
    """RFC 9116, with what its section 2 asks for."""

    @pytest.mark.parametrize("days", [0, 1, 400])
    def test_whom_to_tell_of_a_weakness(self, client: Client, settings: Any, days: int) -> None:
        settings.ESCALE_CONTACT_EMAIL = "securite@example.org"
        with time_machine.travel(make.AT + dt.timedelta(days=days), tick=False):
            store.clear()
            response = client.get("/.well-known/security.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
        expires = dt.datetime.fromisoformat(dict(fields).pop("Expires"))
        assert fields == [
            ["Contact", "mailto:securite@example.org"],
            ["Expires", dict(fields)["Expires"]],
            ["Preferred-Languages", "fr, en"],
            ["Canonical", "http://testserver/.well-known/security.txt"],
        ]
        today = make.AT + dt.timedelta(days=days)
        assert dt.timedelta(days=180) < expires - today < dt.timedelta(days=365)

    def test_it_is_written_anew_before_it_expires(self, client: Client) -> None:
        with time_machine.travel(make.AT, tick=False):
            first = read(client, "/.well-known/security.txt")
        with time_machine.travel(make.AT + dt.timedelta(days=1), tick=False):
            # Not cleared: the store itself lets go of it at midnight.
            assert client.get("/.well-known/security.txt").content.decode() != first
