"""The report of a cycle or of a programme for those who fund it: one page, as a tagged PDF (PDF/UA-1, ISO 14289-1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cycles.content import logos
from cycles.language import typesetting, wording
from cycles.runs import queries
from desk.schedule.consequences import language

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Organisation, Programme
    from desk.reports.chart import Chart
    from desk.reports.programme_report import ProgrammeReport
    from desk.reports.reach import Reach
    from desk.reports.report import CycleReport

SOURCE = Path(__file__).with_suffix(".typ").read_bytes()
# Points, tried one after the other until all of it stands on one page.
SIZES = (11.5, 10.5, 9.5, 8.5)
LONGEST_THEME = 90
LONGEST_TITLE = 160
# All partners are named; what a page cannot hold is a mistake of somebody who pasted a text.
LONGEST_NAMES = 3000
MOST_STOPS = 30
# Two lines of logos; the names of all stand below.
MOST_MARKS = 12
# Drawn beside each other; of more the table alone tells.
MOST_BARS = 24


def pdf(report: CycleReport, *, at: dt.datetime) -> bytes:
    """Return the report of a cycle in the active language. What is too long for one page is cut, and says so."""
    cycle = report.cycle
    data = {
        **_data(report, zone=cycle.zone, at=at),
        **logos.look(cycle.programme),
        "title": _cut(str(cycle.title), LONGEST_TITLE),
        # Where no sign of the title can be shown.
        "slug": cycle.slug,
        "eyebrow": _cut(str(cycle.programme.title), LONGEST_TITLE) if cycle.programme else "",
        "period": _period(cycle),
        "head": [_("Date"), _("Theme"), pgettext("people", "Registered"), _("Came")],
        "partners": _partners(cycle.programme, host=str(cycle.host or "")),
        "marks": _marks(cycle.programme, host=cycle.host),
    }
    data["words"] |= {"stops": report.terms.each, "registered": _("registered")}
    rows = [
        [
            column.when or "—",
            _cut(column.title, LONGEST_THEME),
            column.status or str(column.registered),
            "—" if column.came is None else str(column.came),
        ]
        for column in (report.chart.columns if report.chart else ())
    ]
    return _pages(
        data,
        rows,
        at=at,
        more=report.terms.more,
    )


def programme_pdf(report: ProgrammeReport, *, at: dt.datetime) -> bytes:
    """Return the report of a programme, its cycles beside each other."""
    programme = report.programme
    data = {
        **_data(report, zone=None, at=at),
        **logos.look(programme),
        "title": _cut(str(programme.title), LONGEST_TITLE),
        "slug": programme.slug,
        "eyebrow": "",
        "period": _years(report),
        "head": [_("Cycle"), _("Sessions"), pgettext("people", "Registered"), _("Came")],
        "partners": _partners(programme),
        "marks": _marks(programme),
    }
    data["words"] |= {"stops": _("Cycle by cycle"), "registered": _("places at the sessions")}
    rows = [
        [
            " · ".join(
                filter(
                    None, (f"{place}. {_cut(str(line.cycle.title), LONGEST_THEME)}", line.which, line.period)
                )
            ),
            _("%(held)d of %(planned)d") % {"held": line.sessions.held, "planned": line.sessions.planned},
            str(line.people.registered),
            "—" if line.presence is None else str(line.presence.came),
        ]
        for place, line in enumerate(report.lines, start=1)
    ]
    return _pages(
        {**data, "wide": 0},
        rows,
        at=at,
        more=lambda left: ngettext("And %(count)d more cycle.", "And %(count)d more cycles.", left),
    )


def _pages(data: dict[str, Any], rows: list[list[str]], *, at: dt.datetime, more: Any) -> bytes:
    """Return the page in the largest letters in which it is one, with as many rows as it holds."""
    sheet = typesetting.Sheet(
        SOURCE, {**data, "all_stops": rows}, note=_("Some signs are left out: no font here has them.")
    )
    # Logos of partners go before a stop does: their names stay.
    for marks in (1, 0) if data["marks"] else (0,):
        for most in (MOST_STOPS,) if marks else (MOST_STOPS, 24, 18, 12):
            left = max(len(rows) - most, 0)
            words = more(left) % {"count": left} if left else ""
            for size in SIZES:
                shown = {"show_marks": marks, "shown": most, "more": words, "size": size}
                if sheet.pages(**shown) == 1:
                    return sheet.pdf(at=at, **shown)
    # Twelve stops with cut texts always fit; what is still too long goes on overleaf rather than missing.
    return sheet.pdf(at=at, **shown)


def _data(
    report: CycleReport | ProgrammeReport, *, zone: dt.tzinfo | None, at: dt.datetime
) -> dict[str, Any]:
    made = wording.long_date(at.astimezone(zone).date(), language=language())
    return {
        "language": language(),
        "author": settings.ESCALE_SITE_NAME,
        "words": {
            "figures": _("Results"),
            "partners": _("Partners"),
            "reach": _("Structures and territories"),
            "came": _("came"),
        },
        "wide": 1,
        "sentences": [sentence[:1].upper() + sentence[1:] for sentence in report.sentences],
        "bars": _bars(report.chart),
        "reach": _reach(report.reach),
        "foot": _("Made on %(date)s. No percentages for fewer than five people. %(site)s")
        % {"date": made, "site": settings.ESCALE_SITE_NAME},
    }


def _bars(drawn: Chart | None) -> list[dict[str, Any]]:
    """Return the bars of a drawing: their number, the values, and their heights as a share of the highest."""
    if drawn is None or len(drawn.columns) > MOST_BARS:
        return []
    return [
        {
            "number": column.number if not column.status else "✕",
            "bars": [
                {"value": str(bar.value), "height": bar.height / drawn.height, "came": bar.css == "came"}
                for bar in column.bars
            ],
        }
        for column in drawn.columns
    ]


def _reach(found: Reach) -> list[str]:
    results = []
    if found.named:
        named = ", ".join(f"{_cut(each.name, LONGEST_THEME)} ({each.count})" for each in found.named)
        others = (
            ngettext("and %(count)d other", "and %(count)d others", found.others) % {"count": found.others}
            if found.others
            else ""
        )
        results.append(
            f"{_('Structures with five people or more')}{_(': ')}{' '.join(filter(None, (named, others)))}."
        )
    if found.territories:
        places = _cut(", ".join(found.territories), LONGEST_NAMES)
        results.append(f"{_('Territories')}{_(': ')}{places}.")
    return results


def _period(cycle: Cycle) -> str:
    if cycle.is_run:
        return queries.dates_of([cycle]).get(cycle.pk, "")
    rule = cycle.rule
    words = wording.rule_in_words(rule, language=language()) if rule else ""
    if cycle.first_date is None or cycle.last_date is None:
        return words
    dates = " – ".join(
        wording.long_date(date, language=language()) for date in (cycle.first_date, cycle.last_date)
    )
    return f"{dates} · {words}" if words else dates


def _years(report: ProgrammeReport) -> str:
    first = min((line.cycle.first_date for line in report.lines if line.cycle.first_date), default=None)
    last = max((line.cycle.last_date for line in report.lines if line.cycle.last_date), default=None)
    return "" if first is None or last is None else wording.period(first, last, language=language())


def _partners(programme: Programme | None, *, host: str = "") -> list[dict[str, str]]:
    """Return who is behind a programme by role, in its order: who leads it first, and everybody else."""
    groups: dict[str, list[str]] = {}
    if programme is not None and programme.lead is not None:
        groups[_("Lead organisation")] = [str(programme.lead)]
    if host:
        groups[_("Host")] = [host]
    if programme is not None:
        for partner in programme.partnerships.select_related("organisation"):
            role = str(partner.role_text) or str(partner.get_role_display())
            if partner.role == partner.Role.LEAD and partner.organisation_id == programme.lead_id:
                continue
            groups.setdefault(role, []).append(str(partner))
    return [
        {
            "role": f"{role[:1].upper()}{role[1:]}{_(': ')}",
            "names": _cut(", ".join(names), LONGEST_NAMES),
        }
        for role, names in groups.items()
    ]


def _marks(programme: Programme | None, *, host: Organisation | None = None) -> list[dict[str, Any]]:
    """Return the logos of who is behind a programme, each once: who leads and who holds it first."""
    organisations = [programme.lead if programme else None, host]
    if programme is not None:
        partners = programme.partnerships.select_related("organisation__picture")
        organisations += [partner.organisation for partner in partners]
    found = {each.pk: each for each in organisations if each is not None}
    shown = [(each, logos.logo(getattr(each, "picture", None))) for each in found.values()]
    return [logos.drawn(one.png, alt=one.alt or each.name) for each, one in shown if one][:MOST_MARKS]


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split(" "))
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
