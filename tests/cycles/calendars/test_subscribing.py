"""The addresses behind the buttons: how each service wants a calendar, or one event."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest

from cycles.calendars import subscribing
from cycles.models import Session
from tests import make

pytestmark = pytest.mark.django_db


def asked(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}", {key: values[0] for key, values in parse_qs(parts.query).items()}


def test_each_service_gets_the_feed_as_it_wants_it() -> None:
    links = subscribing.subscribe_links("/fr/calendar.ics", name="L'agenda & co")
    https, webcal = "http://testserver/fr/calendar.ics", "webcal://testserver/fr/calendar.ics"
    assert (links.https, links.webcal) == (https, webcal)
    assert asked(links.google) == ("calendar.google.com/calendar/r", {"cid": webcal})
    wanted = {"url": https, "name": "L'agenda & co"}
    assert asked(links.outlook) == ("outlook.live.com/calendar/0/addfromweb", wanted)
    assert asked(links.outlook_work) == ("outlook.office.com/calendar/0/addfromweb", wanted)
    assert [one for one in (links.google, links.outlook, links.outlook_work) if "+" in one] == []


def test_one_session_for_each_service() -> None:
    session = make.session(
        cycle=make.cycle(slug="voyage", title={"fr": "V"}), number=2, slug="s", title={"fr": "T"}
    )
    links = subscribing.copy_links(Session.objects.get(pk=session.pk))
    assert links is not None
    page, title = "http://testserver/fr/cycles/voyage/s/", "Escale 2\u202f: T · V"
    assert asked(links.google)[1] | {"location": ""} == {
        "action": "TEMPLATE",
        "text": title,
        "dates": "20261119T120000Z/20261119T133000Z",
        "details": page,
        "location": "",
    }
    work, personal = asked(links.outlook_work), asked(links.outlook)
    assert (work[0], personal[0]) == (
        "outlook.office.com/calendar/0/deeplink/compose",
        "outlook.live.com/calendar/0/deeplink/compose",
    )
    assert work[1] == personal[1]
    assert [work[1][key] for key in ("subject", "startdt", "enddt", "allday", "body")] == [
        title,
        "2026-11-19T12:00:00Z",
        "2026-11-19T13:30:00Z",
        "false",
        page,
    ]
    yahoo = asked(links.yahoo)
    assert yahoo[0] == "calendar.yahoo.com/"
    assert [yahoo[1][key] for key in ("v", "title", "st", "et", "desc")] == [
        "60",
        title,
        "20261119T120000Z",
        "20261119T133000Z",
        page,
    ]


def test_whole_days_are_days_for_each_service() -> None:
    day = make.paris(2026, 9, 5, 0)
    session = make.session(is_all_day=True, starts_at=day, ends_at=day + dt.timedelta(days=2))
    links = subscribing.copy_links(session)
    assert links is not None
    assert asked(links.google)[1]["dates"] == "20260905/20260907"
    assert [asked(links.outlook)[1][key] for key in ("startdt", "enddt", "allday")] == [
        "2026-09-05",
        "2026-09-07",
        "true",
    ]
    assert [asked(links.yahoo)[1].get(key) for key in ("st", "et", "dur")] == ["20260905", None, "allday"]


def test_without_a_date_there_is_nothing_to_copy() -> None:
    assert subscribing.copy_links(make.session(status="postponed", starts_at=None)) is None
