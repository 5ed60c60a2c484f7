"""The picture of a page where its link is shared (og:image), drawn from its words: nobody has to upload one.

Typst draws it with the fonts that it carries, as it draws the documents: the same picture on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cycles.content import accents
from cycles.language import naming, wording
from cycles.language.plain_text import one_line
from cycles.language.typesetting import sure
from cycles.models import Cycle, Session
from cycles.site.page_cache.snapshots import FEED_CACHING, Built, next_midnight, snapshot
from cycles.site.pages import facts
from cycles.site.pages.stops import language
from cycles.templatetags.escale import rhythm, when

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

SOURCE = Path(__file__).with_name("card.typ").read_bytes()
# What is written is cut so that it stays in its place.
LONGEST = {"eyebrow": 70, "title": 160, "when": 80, "about": 60, "site": 30}


def draw(*, color: str, **texts: str) -> bytes:
    """Return a picture of 1200 by 630 (PNG) of `eyebrow`, `title`, `when`, `about` and `site`; `color` is "#rrggbb"."""
    shown = {name: _cut(sure(one_line(text)), LONGEST[name]) for name, text in texts.items()}
    data = json.dumps({**shown, "color": color, "lang": language()})
    options = {"format": "png", "ppi": 72.0, "ignore_system_fonts": True}
    return bytes(typst.compile(SOURCE, sys_inputs={"data": data}, **options))  # type: ignore[call-overload]  # the stubs want each by name


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


@snapshot(caching=FEED_CACHING)
def cycle_card(request: HttpRequest, slug: str) -> Built:  # noqa: ARG001 - the builder's signature
    """The picture of a cycle."""
    at = timezone.now()
    cycle = get_object_or_404(Cycle.objects.published().select_related("programme__lead", "host"), slug=slug)
    period = (
        wording.period(cycle.first_date, cycle.last_date, language=language())
        if cycle.first_date and cycle.last_date
        else ""
    )
    organiser = facts.organiser_of(cycle)
    return _built(
        cycle,
        at=at,
        eyebrow=organiser.name if organiser else "",
        title=str(cycle.title),
        when=rhythm(cycle) or period,
        about=period if rhythm(cycle) else "",
    )


@snapshot(caching=FEED_CACHING)
def session_card(request: HttpRequest, cycle: str, slug: str) -> Built:  # noqa: ARG001 - the builder's signature
    """The picture of a session."""
    at = timezone.now()
    session = get_object_or_404(
        Session.objects.published().select_related("cycle__programme", "host"), cycle__slug=cycle, slug=slug
    )
    is_dated = session.status not in (Session.Status.CANCELLED, Session.Status.POSTPONED)
    return _built(
        session.cycle,
        at=at,
        eyebrow=f"{session.cycle.title} · {naming.session_label(session)}",
        title=naming.session_theme(session),
        when=when(session) if is_dated else str(session.phase(at=at).label),
        about=naming.where(session) if session.cycle.kind in Cycle.Kind.with_meetings() else "",
    )


def _built(cycle: Cycle, *, at: dt.datetime, **texts: str) -> Built:
    programme = cycle.public_programme
    color = accents.of(programme.accent if programme else "").light
    body = draw(color=color, **texts, site=settings.ESCALE_SITE_NAME)
    return Built(body=body, content_type="image/png", true_until=next_midnight(at, zone=cycle.zone))
