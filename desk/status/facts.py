"""How the site stands, for whoever runs it: each thing in words, and whether it needs them."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.core.cache import cache
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.utils.translation import gettext as _

from cycles.language import wording
from desk.schedule.consequences import language
from notifications import probes
from notifications.delivery import clocks, ledger, restored
from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat
from notifications.transport import trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

# Less than this is left on the disk of var/ or the uploads: an upload or a backup may fail.
LEAST_FREE = 1024**3
LATE = dt.timedelta(minutes=10)
GIGABYTE = 1024**3


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing of the status page."""

    name: str
    words: str
    is_wrong: bool = False


def facts(*, at: dt.datetime) -> list[Fact]:
    """Return how everything stands, in the order in which one looks for a fault."""
    return [*_software(), *_machine(at=at), *_mail(at=at), *_settings()]


def _software() -> Iterator[Fact]:
    yield Fact(
        name=_("Version"),
        words=f"Escale {settings.ESCALE_VERSION} · Django {django.get_version()}",
    )
    yield Fact(name=_("Database"), words="PostgreSQL" if connection.vendor == "postgresql" else "SQLite")
    if settings.REDIS_URL:
        cache.set("desk.status", "here", 60)
        backend = getattr(cache, "is_away", lambda: False)
        is_away = backend()
        yield Fact(
            name="Redis",
            words=_("does not answer: email leaves with the next tick, limits are counted by each process")
            if is_away
            else _("answers"),
            is_wrong=is_away,
        )


def _machine(*, at: dt.datetime) -> Iterator[Fact]:
    ahead = clocks.difference(at=at)
    is_wrong = clocks.is_wrong(ahead)
    yield Fact(
        name=_("Clock"),
        words=_differs(abs(ahead)) if is_wrong else _("the same as the database's"),
        is_wrong=is_wrong,
    )
    folder = Path(settings.VAR_DIR)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    yield Fact(
        name=_("Disk"),
        words=_("%(free).1f GB are free") % {"free": free / GIGABYTE},
        is_wrong=free < LEAST_FREE,
    )


def _mail(*, at: dt.datetime) -> Iterator[Fact]:
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    tick = beats.get(sending.TICK)
    yield Fact(
        name=_("Worker"),
        words=_seen(at - tick.at)
        if tick
        else _("never seen: start Celery with beat, or manage.py send_due --loop"),
        is_wrong=tick is None or tick.at < at - probes.SILENCE,
    )
    late = ledger.oldest_due(at=at)
    yield Fact(
        name=_("Emails that are due"),
        words=_due(ledger.due_count(at=at), late) if late is not None else _("none"),
        is_wrong=late is not None and late > LATE,
    )
    last = (
        Delivery.objects.filter(state=Delivery.State.SENT).order_by("-pk").values_list("sent_at", flat=True)
    )
    sent = last.first()
    yield Fact(
        name=_("Last email sent"),
        words=_ago(at - sent) if sent else _("none yet"),
    )
    yield _way_out(beats, at=at)


def _differs(length: dt.timedelta) -> str:
    if length < wording.A_MINUTE:
        return _("differs from the database's by %(seconds)d seconds: set both by NTP") % {
            "seconds": length.seconds
        }
    return _("differs from the database's by %(length)s: set both by NTP") % {
        "length": wording.duration(length, language=language())
    }


def _seen(since: dt.timedelta) -> str:
    if since < wording.A_MINUTE:
        return _("seen just now")
    return _("last seen %(length)s ago") % {"length": wording.duration(since, language=language())}


def _ago(since: dt.timedelta) -> str:
    if since < wording.A_MINUTE:
        return _("just now")
    return _("%(length)s ago") % {"length": wording.duration(since, language=language())}


def _due(count: int, since: dt.timedelta) -> str:
    if since < wording.A_MINUTE:
        return _("%(count)d, due just now") % {"count": count}
    return _("%(count)d, the oldest for %(length)s") % {
        "count": count,
        "length": wording.duration(since, language=language()),
    }


def _way_out(beats: dict[str, Heartbeat], *, at: dt.datetime) -> Fact:
    pause, rest = beats.get(sending.PAUSED), beats.get(sending.TRANSPORT)
    if settings.ESCALE_MAILBOX:
        words, is_wrong = _("no email leaves this machine: it is kept for the mailbox page"), False
    elif pause and pause.at > at:
        is_restored = restored.is_reason_of(pause)
        words = _("paused: a backup was restored, or the database moved") if is_restored else _("paused")
        is_wrong = True
    elif refusal := beats.get(trouble.TROUBLE):
        result = trouble.read(refusal)
        words, is_wrong = f"{trouble.ground_in_words(result.ground)} ({result.reply})", True
    elif rest and rest.at > at:
        words, is_wrong = (
            _("the mail server is left alone for some minutes: %(why)s") % {"why": rest.detail},
            True,
        )
    else:
        words, is_wrong = _("email leaves"), False
    return Fact(name=_("Email"), words=words, is_wrong=is_wrong)


def _settings() -> Iterator[Fact]:
    """Return what the checks of the settings say; none on a site that is set up well."""
    for message in run_checks(
        tags=["security"], include_deployment_checks=getattr(settings, "ESCALE_PRODUCTION", False)
    ):
        if message.level >= WARNING:
            words = " ".join(filter(None, (str(message.msg), message.hint)))
            yield Fact(name=_("Settings"), words=words, is_wrong=True)
