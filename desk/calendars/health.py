"""How a cycle's calendars are being read, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cycles.calendars.readers import audience
from cycles.language import wording
from desk.schedule.consequences import language

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import Promise

    from cycles.models import Cycle

FAMILIES: dict[str, str | Promise] = {
    "google": "Google Calendar",
    "microsoft365": "Outlook.com, Microsoft 365",
    "outlook": "Outlook (Windows, Mac)",
    "apple": gettext_lazy("Apple Calendar"),
    "thunderbird": "Thunderbird",
    "nextcloud": "Nextcloud",
    "android": "Android (ICSx5, DAVx5)",
    "evolution": "Evolution, GNOME",
    "kde": "KDE (Merkuro, KOrganizer)",
    "vdirsyncer": "vdirsyncer, khal",
    "browser": gettext_lazy("Web browsers"),
    "program": gettext_lazy("Scripts and robots"),
    "other": gettext_lazy("Others"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One family of programs. `has_latest` is None where a date of change says nothing (no change yet)."""

    name: str
    when: str
    readers: str
    fetches: int
    has_latest: bool | None


@dataclass(frozen=True, kw_only=True)
class Health:
    """One calendar, in all its languages: who reads it. `lines` are subscriptions, `passing` is the rest."""

    title: str
    urls: tuple[str, ...]
    lines: list[Line]
    passing: list[Line]


def of_cycle(cycle: Cycle, *, at: dt.datetime) -> list[Health]:
    """Return the calendars in which this cycle's sessions stand, its own first; a query each."""
    changed_at = latest_change(cycle)
    named = [
        (_("The calendar of these dates"), "cycles:cycle-feed", [cycle.slug]),
        (_("The calendar of the whole site"), "cycles:catalogue-feed", []),
    ]
    if cycle.programme:
        named.insert(1, (_("The calendar of the programme"), "cycles:programme-feed", [cycle.programme.slug]))
    results = [
        _health(title, _addresses(name, args), zone=cycle.timezone, changed_at=changed_at, at=at)
        for title, name, args in named
    ]
    private = _health(
        _("All private calendars of the site"), (), zone=cycle.timezone, changed_at=changed_at, at=at
    )
    return [*results, private]


def latest_change(cycle: Cycle) -> dt.datetime | None:
    """Return when the calendar of a cycle last said something else."""
    result: dt.datetime | None = cycle.sessions.published().aggregate(Max("shown_at"))["shown_at__max"]
    return result


def _addresses(name: str, args: list[str]) -> tuple[str, ...]:
    results = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            results.append(reverse(name, args=args))
    return tuple(results)


def _health(
    title: str, urls: tuple[str, ...], *, zone: str, changed_at: dt.datetime | None, at: dt.datetime
) -> Health:
    readings = audience.readings(urls or (audience.PRIVATE,), at=at)
    listed = [(reading, _line(reading, zone=zone, changed_at=changed_at)) for reading in readings]
    return Health(
        title=title,
        urls=urls,
        lines=[line for reading, line in listed if not reading.is_passing],
        passing=[line for reading, line in listed if reading.is_passing],
    )


def _line(reading: audience.Reading, *, zone: str, changed_at: dt.datetime | None) -> Line:
    return Line(
        name=str(FAMILIES.get(reading.family, reading.family)),
        when=wording.short_when(reading.last_at, zone=zone, all_day=False, language=language()),
        readers=_readers(reading),
        fetches=reading.fetches,
        has_latest=None if changed_at is None else reading.last_at >= changed_at,
    )


def _readers(reading: audience.Reading) -> str:
    if reading.is_shared:
        return _("not known: it reads once for all")
    if not reading.readers:
        return _("none this week")
    return ngettext("about %(count)d", "about %(count)d", reading.readers) % {"count": reading.readers}
