"""Any text that an organiser may have pasted, in every row that a feed, Atom or JSON-LD is made of."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cycles.language.plain_text import clean, one_line
from cycles.models import News, Segment, SessionChange, SpeakerSlot
from cycles.site.page_cache import snapshots
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
ATOM = "{http://www.w3.org/2005/Atom}"

# No NUL and no lone surrogate: the database takes neither.
ODD = "".join(map(chr, (7, 9, 10, 11, 12, 13, 27, 28, 30, 31, 127, 133, 173, 0x2028, 0x2029, 0x202E, 0xFEFF)))
ODD += "\ufffe\uffff\u200d\u202f\xa0e\u0301,;:\\\"'^<>&]=\u4e2d\U0001f393"
TEXT = st.text(
    st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8", exclude_characters="\0")),
    min_size=1,
    max_size=60,
)
PASTED = "Deux paragraphes, l'un\x0b\n\nl'autre ; <b>gras</b> & \\ \u2028 fin"
FEEDS = (
    "/fr/calendar.ics", "/fr/programmes/p.ics", "/fr/cycles/c.ics", "/fr/topics/t.ics", "/fr/speakers/s.ics",
    "/fr/cycles/c/held.ics", "/fr/cycles/c/off.ics", "/fr/cycles/c/later.ics", "/fr/filter/topic.t.ics",
)  # fmt: skip
ATOMS = ("/fr/changes.atom", "/fr/cycles/c/changes.atom", "/fr/news.atom")
PAGES = ("/fr/cycles/c/", "/fr/cycles/c/held/", "/fr/cycles/c/off/")


def fill(text: str) -> None:
    """Write a text into every field that any of them shows: a held, a cancelled and a postponed session."""
    words = {"fr": text, "en": text}
    organisation = make.organisation(slug="o", name=text, full_name=text)
    programme = make.programme(slug="p", title=words, short_title=words, summary=words, lead=organisation)
    cycle = make.cycle(
        slug="c", programme=programme, title=words, short_title=words, session_word=words, description=words
    )
    person = make.person(slug="s", given_name=text, family_name=text, organisation=organisation)
    topic = make.topic(slug="t", name=words)
    for number, (slug, status) in enumerate(
        (("held", "confirmed"), ("off", "cancelled"), ("later", "postponed")), start=1
    ):
        session = make.session(
            cycle=cycle,
            slug=slug,
            number=number,
            title=words,
            summary=words,
            status=status,
            host=organisation,
            cancel_reason=words if status == "cancelled" else "",
            starts_at=None if status == "postponed" else make.paris(2027, 11, number),
        )
        session.topics.add(topic)
        segment = Segment.objects.create(session=session, order=1, title=words, topic=topic)
        SpeakerSlot.objects.create(segment=segment, order=1, person=person, organisation=organisation)
        SessionChange.objects.create(
            session=session,
            revision=session.revision + 1,
            kind="postponed" if status == "postponed" else "moved",
            from_starts_at=make.paris(2027, 11, 20),
            from_ends_at=make.paris(2027, 11, 20, 15),
            reason=words,
            at=make.AT,
        )
    News.objects.create(
        slug="n", programme=programme, kind="news", title=words, body=words, is_published=True, revised_at=make.AT,
        created_at=make.AT,
    )  # fmt: skip


def read_calendar(body: bytes, text: str) -> None:
    """Read a calendar twice: every title is the text on one line, every description holds it in lines."""
    for line in body.decode().split("\r\n"):
        assert len(line.splitlines()) <= 1, line
        assert len(line.encode()) <= 75
    calendar = icalendar.Calendar.from_ical(body)
    other = vobject.readOne(body.decode())
    assert len(calendar.events) == len(other.vevent_list) >= 1
    shown = one_line(text)[:60]
    for event, again in zip(calendar.events, other.vevent_list, strict=True):
        assert event.errors == []
        assert str(event["SUMMARY"]) == again.summary.value
        assert str(event["DESCRIPTION"]) == again.description.value
        assert shown.strip() in str(event["SUMMARY"])
        assert clean(text).strip() in str(event["DESCRIPTION"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(text=PASTED)
@given(text=TEXT)
def test_any_text_goes_through_every_feed(text: str, client: Client) -> None:
    fill(text)
    snapshots.store.clear()
    for address in FEEDS:
        response = client.get(address)
        assert response.status_code == 200, address
        read_calendar(response.content, text)
    for address in ATOMS:
        response = client.get(address)
        assert response.status_code == 200, address
        root = ET.fromstring(response.content)  # noqa: S314 - our own answer
        for entry in root.findall(f"{ATOM}entry"):
            assert one_line(text).strip() in (entry.findtext(f"{ATOM}title") or "")
    for address in PAGES:
        page = client.get(address).content.decode()
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
            result = json.loads(block)
            assert one_line(text).strip() in result["name"]
            assert result.get("description", clean(text)) == clean(text)
    remove()


def remove() -> None:
    from django.apps import apps  # noqa: PLC0415 - all tables, whichever there are

    for name in (
        "news",
        "sessionchange",
        "speakerslot",
        "segment",
        "session",
        "cycle",
        "programme",
        "person",
        "topic",
    ):
        apps.get_model("cycles", name).objects.all().delete()
    apps.get_model("cycles", "organisation").objects.all().delete()


def test_markup_in_a_reason_is_text_in_atom(client: Client) -> None:
    """RFC 4287, 3.1.1.2: an HTML summary is unescaped once, then read as HTML."""
    fill(PASTED)
    snapshots.store.clear()
    root = ET.fromstring(client.get("/fr/cycles/c/changes.atom").content)  # noqa: S314 - our own answer
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for entry in entries:
        summary = entry.find(f"{ATOM}summary")
        assert summary is not None
        assert summary.get("type") == "html"
        html = summary.text or ""
        assert re.findall(r"<[^>]*>", html) == ["<br>"] * html.count("<br>")
        assert "l&#x27;autre ; &lt;b&gt;gras&lt;/b&gt; &amp; \\ <br>\n fin" in html
