"""How a feed or one session gets into someone's calendar: addresses as each client wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.urls import reverse

from cycles.language import naming

from . import entries

if TYPE_CHECKING:
    from cycles.models import Session

OUTLOOK = "https://outlook.live.com/calendar"
OUTLOOK_WORK = "https://outlook.office.com/calendar"


@dataclass(frozen=True, kw_only=True)
class SubscribeLinks:
    """The addresses of one feed as each client wants it."""

    https: str
    webcal: str
    google: str
    # Personal accounts of Outlook, and those of an employer or a school.
    outlook: str
    outlook_work: str
    # An image of `webcal` for a telephone's camera, as a data: address.
    qr: str


def subscribe_links(path: str, *, name: str) -> SubscribeLinks:
    """Return the subscription addresses of the feed at `path` (absolute path on this site)."""
    https = settings.ESCALE_BASE_URL + path
    webcal = "webcal://" + https.partition("://")[2]
    # Outlook shows a blank that is written as a plus sign as one.
    asked = urlencode({"url": https, "name": name}, quote_via=quote)
    return SubscribeLinks(
        https=https,
        webcal=webcal,
        # Google refuses https in cid.
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook=f"{OUTLOOK}/0/addfromweb?{asked}",
        outlook_work=f"{OUTLOOK_WORK}/0/addfromweb?{asked}",
        # White behind the dots: in the dark a camera would see the negative.
        qr=segno.make(webcal, error="m").svg_data_uri(scale=4, dark="#12161b", light="white"),
    )


@dataclass(frozen=True, kw_only=True)
class CopyLinks:
    """One-shot copies of a session: they never follow a change, and are labelled so."""

    ics: str
    google: str
    outlook: str
    outlook_work: str
    yahoo: str


def copy_links(session: Session) -> CopyLinks | None:
    """Return the links that copy one session into a calendar; None for one without a date."""
    if session.starts_at is None or session.ends_at is None:
        return None
    # Not the whole entry: its description would cost queries that a link has no use for.
    title, address, place = (
        entries.summary(session, with_cycle=True),
        entries.page_address(session),
        naming.where(session),
    )
    moments = _moments(session, session.starts_at, session.ends_at)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{moments.compact[0]}/{moments.compact[1]}",
        "details": address,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": moments.long[0],
        "enddt": moments.long[1],
        "allday": "true" if session.is_all_day else "false",
        "body": address,
        "location": place,
    }
    yahoo = {
        "v": "60",
        "title": title,
        "st": moments.compact[0],
        **({"dur": "allday"} if session.is_all_day else {"et": moments.compact[1]}),
        "desc": address,
        "in_loc": place,
    }
    composed = urlencode(outlook, quote_via=quote)
    return CopyLinks(
        ics=reverse("cycles:session-calendar", args=[session.cycle.slug, session.slug]),
        google="https://calendar.google.com/calendar/render?" + urlencode(google, quote_via=quote),
        outlook=f"{OUTLOOK}/0/deeplink/compose?{composed}",
        outlook_work=f"{OUTLOOK_WORK}/0/deeplink/compose?{composed}",
        yahoo="https://calendar.yahoo.com/?" + urlencode(yahoo, quote_via=quote),
    )


class _Moments(NamedTuple):
    """A start and an end as addresses write them, without and with separators; whole days without an hour."""

    compact: tuple[str, str]
    long: tuple[str, str]


def _moments(session: Session, starts_at: dt.datetime, ends_at: dt.datetime) -> _Moments:
    if session.is_all_day:
        # The day after the last one, as in a calendar file.
        days = starts_at.astimezone(session.zone), ends_at.astimezone(session.zone)
        return _Moments(
            (f"{days[0]:%Y%m%d}", f"{days[1]:%Y%m%d}"), (f"{days[0]:%Y-%m-%d}", f"{days[1]:%Y-%m-%d}")
        )
    utc = starts_at.astimezone(dt.UTC), ends_at.astimezone(dt.UTC)
    stamp, long = "%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%SZ"
    return _Moments((f"{utc[0]:{stamp}}", f"{utc[1]:{stamp}}"), (f"{utc[0]:{long}}", f"{utc[1]:{long}}"))
