"""How a feed or one session gets into someone's calendar: addresses as each client wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.urls import reverse

from . import entries

if TYPE_CHECKING:
    from .models import Session


@dataclass(frozen=True, kw_only=True)
class SubscribeLinks:
    """The addresses of one feed as each client wants it."""

    https: str
    webcal: str
    google: str
    outlook: str
    # An image of `webcal` for a telephone's camera, as a data: address.
    qr: str


def subscribe_links(path: str, *, name: str) -> SubscribeLinks:
    """Return the subscription addresses of the feed at `path` (absolute path on this site)."""
    https = settings.ESCALE_BASE_URL + path
    webcal = "webcal://" + https.partition("://")[2]
    return SubscribeLinks(
        https=https,
        webcal=webcal,
        # Google refuses https in cid.
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        outlook="https://outlook.live.com/calendar/0/addfromweb?" + urlencode({"url": https, "name": name}),
        # White behind the dots: in the dark a camera would see the negative.
        qr=segno.make(webcal, error="m").svg_data_uri(scale=4, dark="#12161b", light="white"),
    )


@dataclass(frozen=True, kw_only=True)
class CopyLinks:
    """One-shot copies of a session: they never follow a change, and are labelled so."""

    ics: str
    google: str
    outlook: str


def copy_links(session: Session) -> CopyLinks | None:
    """Return the links that copy one session into a calendar; None for one without a date."""
    if session.starts_at is None or session.ends_at is None:
        return None
    # Not the whole entry: its description would cost queries that a link has no use for.
    title, address, place = (
        entries.summary(session, with_cycle=True),
        entries.page_address(session),
        entries.place(session),
    )
    starts_at, ends_at = session.starts_at.astimezone(dt.UTC), session.ends_at.astimezone(dt.UTC)
    stamp = "%Y%m%dT%H%M%SZ"
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{starts_at:{stamp}}/{ends_at:{stamp}}",
        "details": address,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "body": address,
        "location": place,
    }
    return CopyLinks(
        ics=reverse("cycles:session-calendar", args=[session.cycle.slug, session.slug]),
        google="https://calendar.google.com/calendar/render?" + urlencode(google, quote_via=quote),
        outlook="https://outlook.live.com/calendar/0/deeplink/compose?" + urlencode(outlook, quote_via=quote),
    )
