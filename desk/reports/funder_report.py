"""The report of a cycle for those who fund it: one page, as a tagged PDF (PDF/UA-1, ISO 14289-1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cycles.language import naming, typesetting, wording
from desk.schedule.consequences import language

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle
    from desk.reports.report import CycleReport

SOURCE = Path(__file__).with_suffix(".typ").read_bytes()
# Points, tried one after the other until all of it stands on one page.
SIZES = (10.5, 9.5, 8.5)
LONGEST_THEME = 90
LONGEST_TITLE = 160
LONGEST_NAMES = 400
MOST_STOPS = 30


def pdf(report: CycleReport, *, at: dt.datetime) -> bytes:
    """Return the report in the active language. What is too long for one page is cut, and says so."""
    data = _data(report, at=at)
    stops = data.pop("stops")
    sheet = typesetting.Sheet(
        SOURCE, {**data, "all_stops": stops}, note=_("Some signs are left out: no font here has them.")
    )
    for most in (MOST_STOPS, 24, 18, 12):
        left = max(len(stops) - most, 0)
        more = (
            ngettext("And %(count)d more stop.", "And %(count)d more stops.", left) % {"count": left}
            if left
            else ""
        )
        for size in SIZES:
            if sheet.pages(shown=most, more=more, size=size) == 1:
                return sheet.pdf(at=at, shown=most, more=more, size=size)
    # Twelve stops with cut texts always fit; what is still too long goes on overleaf rather than missing.
    return sheet.pdf(at=at, shown=most, more=more, size=size)


def _data(report: CycleReport, *, at: dt.datetime) -> dict[str, Any]:
    cycle = report.cycle
    made = wording.long_date(at.astimezone(cycle.zone).date(), language=language())
    return {
        "language": language(),
        "title": _cut(str(cycle.title), LONGEST_TITLE),
        # Where no sign of the title can be shown.
        "slug": cycle.slug,
        "author": settings.ESCALE_SITE_NAME,
        "eyebrow": _cut(str(cycle.programme.title), LONGEST_TITLE) if cycle.programme else "",
        "period": _period(cycle),
        "words": {
            "figures": _("Results"),
            "stops": _("Stop by stop"),
            "partners": _("Partners"),
        },
        "sentences": [sentence[:1].upper() + sentence[1:] for sentence in report.sentences],
        "head": [_("Date"), _("Theme"), pgettext("people", "Registered"), _("Came")],
        "stops": _stops(report),
        "partners": _partners(cycle),
        "foot": _("Made on %(date)s. No percentages for fewer than five people. %(site)s")
        % {"date": made, "site": settings.ESCALE_SITE_NAME},
    }


def _period(cycle: Cycle) -> str:
    rule = cycle.rule
    words = wording.rule_in_words(rule, language=language()) if rule else ""
    if cycle.first_date is None or cycle.last_date is None:
        return words
    dates = " – ".join(
        wording.long_date(date, language=language()) for date in (cycle.first_date, cycle.last_date)
    )
    return f"{dates} · {words}" if words else dates


def _stops(report: CycleReport) -> list[list[str]]:
    if report.chart is None:
        return []
    return [
        [
            column.when or "—",
            _cut(naming.session_title(column.session), LONGEST_THEME),
            str(column.registered),
            "—" if column.came is None else str(column.came),
        ]
        for column in report.chart.columns
    ]


def _partners(cycle: Cycle) -> list[dict[str, str]]:
    """Return the partners of the programme by role, in its order."""
    if cycle.programme is None:
        return []
    groups: dict[str, list[str]] = {}
    for partner in cycle.programme.partnerships.select_related("organisation"):
        groups.setdefault(str(partner.get_role_display()), []).append(str(partner))
    return [
        {
            "role": f"{role[:1].upper()}{role[1:]}{_(': ')}",
            "names": _cut(", ".join(names), LONGEST_NAMES),
        }
        for role, names in groups.items()
    ]


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split(" "))
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
