"""Reading cycles: their rhythm, the departures from it, their tracks."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cycles.models import Cycle, CycleException
from cycles.models.cycle import LONGEST_MINUTES, validate_zone
from cycles.schedule import recurrence

from .catalogue import refuse_repeated, sourced
from .reading import LONGEST_TEXT
from .records import CycleRecord, Departure, Row, Rows

if TYPE_CHECKING:
    import datetime as dt

    from .reading import Item

KINDS = {
    "webinar_cycle": Cycle.Kind.WEBINAR,
    "daily_cycle": Cycle.Kind.DAILY,
    "training_run": Cycle.Kind.RUN,
    "other_cycle": Cycle.Kind.OTHER,
    **{kind: kind for kind in Cycle.Kind.values},
}
DEPARTURES = {
    "move": CycleException.Kind.MOVED,
    "skip": CycleException.Kind.SKIPPED,
    "add": CycleException.Kind.ADDED,
}
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULE_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT")


def cycle(item: Item, *, default_zone: str) -> CycleRecord:
    zone = item.text("timezone", limit=60) or default_zone
    try:
        validate_zone(zone)
    except ValidationError as error:
        item.error(error.messages[0], "timezone")
        zone = "UTC"
    rhythm = item.item("recurrence")
    rule = _rule(item, rhythm, zone) if rhythm else None
    departures = _departures(rhythm, rule) if rhythm and rule else []
    if rhythm:
        rhythm.finish()
    item.ignore("delivery")
    feed = item.item("feed")
    if feed and not (feed.flag("public", default=True) and feed.flag("include_tentative", default=True)):
        item.warn(_("every published cycle has a public feed with its tentative sessions"), "feed")
    kind = item.choice("kind", KINDS, default=Cycle.Kind.WEBINAR)
    module, run_number = item.reference("module", "modules"), item.number("run_number", most=9999)
    if (kind == Cycle.Kind.RUN) != bool(module and run_number):
        item.error(
            _("a cycle of the kind run names its module and its run_number, and no other does"), "kind"
        )
    return CycleRecord(
        section="cycles",
        slug=item.slug(),
        item=item,
        model=Cycle,
        fields={
            "kind": kind,
            "run_number": run_number,
            "price": item.words("price"),
            "title": item.words("title", required=True),
            "short_title": item.words("short_title", limit=80),
            "session_word": item.words("session_label", limit=60),
            "description": item.words("description", limit=LONGEST_TEXT),
            "outcomes": item.words("outcomes", limit=LONGEST_TEXT),
            "spoken_language": item.choice("language", [code for code, _name in settings.LANGUAGES]) or "",
            "banner": item.words("banner", limit=1000),
            "sender_name": item.text("sender_name", limit=80),
            "contact_email": item.email("contact_email"),
            "timezone": zone,
            "planned_count": item.number("planned_count"),
            "is_external": item.flag("external"),
            "external_url": item.text("url"),
            "capacity": item.number("capacity", most=1_000_000),
            **_rule_columns(rule, item),
        }
        | sourced(item),
        initial={
            "status": Cycle.Status.PUBLISHED if item.flag("published", default=True) else Cycle.Status.DRAFT
        },
        refs={
            "programme": item.reference("programme", "programmes"),
            "module": module,
            "host": item.reference("host", "organisations"),
            "follows": item.reference("follows", "cycles"),
            "opening_event": item.reference("opening_event", "events"),
            "closing_event": item.reference("closing_event", "events"),
        },
        rows=[Rows(name="tracks", key=("slug",), rows=_tracks(item))],
        rule=rule,
        departures=departures,
    )


def _tracks(item: Item) -> list[Row]:
    rows = []
    for place, track in enumerate(item.items("tracks"), start=1):
        name = track.own_words(limit=200, required=True)
        rows.append(Row(fields={"slug": track.slug(), "name": name, "order": place}))
        track.finish()
    refuse_repeated(item, "tracks", [row.fields["slug"] for row in rows])
    return rows


def _rule_columns(rule: recurrence.Rule | None, item: Item) -> dict[str, Any]:
    """Return the columns of Cycle for a rule, or only the first day for a cycle that has none."""
    starts_on, first, last = item.date("starts_on"), item.month("starts_month"), item.month("ends_month")
    if rule is None:
        return {"first_date": starts_on or first, "last_date": _month_end(last) if last else None}
    if (first or starts_on or rule.first_date) > rule.first_date:
        item.warn(_("the rhythm begins before the cycle"), "starts_month")
    return {
        "frequency": rule.frequency,
        "nth": rule.nth,
        "weekday": rule.weekday,
        "month_day": rule.day,
        "interval": rule.interval,
        "first_date": rule.first_date,
        "last_date": rule.last_date,
        "local_start": rule.local_start,
        "minutes": rule.minutes,
    }


def _rule(cycle_item: Item, item: Item, zone: str) -> recurrence.Rule | None:
    item.ignore("human")
    first = item.date("from_date") or item.month("from_month") or cycle_item.month("starts_month")
    last_month = item.month("to_month") or cycle_item.month("ends_month")
    last = item.date("to_date") or (_month_end(last_month) if last_month else None)
    local_start, minutes = item.time("local_start"), item.number("duration_minutes", most=LONGEST_MINUTES)
    parts = _rrule(item)
    for bound, keys in ((first, ("from_date", "from_month")), (last, ("to_date", "to_month"))):
        if bound is None and not any(item.has(key) for key in keys):
            item.error(_("give the period of the rhythm: %(keys)s") % {"keys": ", ".join(keys)})
    if item.flag("all_day") == item.has("local_start") or item.has("local_start") != item.has(
        "duration_minutes"
    ):
        item.error(_("give local_start and duration_minutes, or all_day: true"))
        return None
    is_readable = all(
        value is not None or not item.has(key)
        for key, value in (("local_start", local_start), ("duration_minutes", minutes))
    )
    if parts is None or first is None or last is None or not is_readable:
        return None
    count = parts.pop("count", None)
    try:
        rule = recurrence.Rule(
            first_date=first, last_date=last, local_start=local_start, minutes=minutes, zone=zone, **parts
        )
        dates = recurrence.occurrences(rule)
    except recurrence.RuleError as error:
        item.error(_problem(error))
        return None
    if count is not None and count != len(dates):
        item.warn(
            _("the rhythm gives %(dates)d dates in this period, COUNT says %(count)d")
            % {"dates": len(dates), "count": count},
            "rrule",
        )
    return rule


def _problem(error: recurrence.RuleError) -> str:
    return {
        "last_date": _("the period ends before it begins, or gives more than a thousand dates"),
        "minutes": _("give both an hour and a length between 1 minute and 24 hours"),
        "interval": _("INTERVAL must be 1 or more"),
        "nth": _("a weekday of the month is the 1st to the 5th, or -1 for the last: BYDAY=3TH"),
        "weekday": _("FREQ=MONTHLY and FREQ=WEEKLY need BYDAY, FREQ=DAILY has none"),
        "day": _("BYMONTHDAY lies between 1 and 31"),
    }.get(error.field, str(error))


def _rrule(item: Item) -> dict[str, Any] | None:
    """Return the parts of an RFC 5545 RRULE that a rhythm can have, or None after an error."""
    text = item.text("rrule", required=True).upper()
    pairs = [part.partition("=")[::2] for part in text.split(";") if part]
    result = dict(pairs)
    for name in [name for name, _value in pairs if name not in RULE_PARTS]:
        item.error(
            _("%(part)s is not supported: give the period with from_… and to_…") % {"part": name}, "rrule"
        )
        return None
    byday = re.fullmatch(r"(-?\d)?([A-Z]{2})", result.get("BYDAY", ""))
    if "BYDAY" in result and (byday is None or byday[2] not in DAY_CODES):
        item.error(_("BYDAY names one weekday, such as 3TH or TH"), "rrule")
        return None
    figures = {name: result.get(name) for name in ("INTERVAL", "BYMONTHDAY", "COUNT")}
    if any(value is not None and not re.fullmatch(r"\d{1,4}", value) for value in figures.values()):
        item.error(_("INTERVAL, BYMONTHDAY and COUNT are whole numbers"), "rrule")
        return None
    frequency = result.get("FREQ", "").lower()
    if frequency == "monthly":
        frequency = "monthly_weekday" if byday else "monthly_day"
    elif frequency not in ("weekly", "daily"):
        item.error(_("FREQ is MONTHLY, WEEKLY or DAILY"), "rrule")
        return None
    numbers = {name: int(value) for name, value in figures.items() if value}
    return {
        "frequency": frequency,
        "nth": int(byday[1]) if byday and byday[1] else None,
        "weekday": DAY_CODES.index(byday[2]) if byday else None,
        "day": numbers.get("BYMONTHDAY"),
        "interval": numbers.get("INTERVAL", 1),
        "count": numbers.get("COUNT"),
    }


def _departures(rhythm: Item, rule: recurrence.Rule) -> list[Departure]:
    planned = {occurrence.planned_date for occurrence in recurrence.occurrences(rule)}
    results = []
    for item in rhythm.items("exceptions"):
        kind = item.choice("kind", DEPARTURES)
        key = "from" if kind == CycleException.Kind.MOVED else "date"
        date = item.date(key, required=True)
        to = item.date("to", required=True) if kind == CycleException.Kind.MOVED else None
        fields = {"reason": item.words("reason", limit=500)} | sourced(item, "reason_certainty")
        item.finish()
        if not kind or date is None:
            item.error(_("an exception is of the kind move, skip or add"), "kind")
            continue
        if (date in planned) == (kind == CycleException.Kind.ADDED):
            item.error(
                _("%(date)s is a date of the rhythm: only another day can be added") % {"date": date}
                if date in planned
                else _("%(date)s is not a date of the rhythm") % {"date": date},
                key,
            )
            continue
        results.append(Departure(item=item, kind=kind, date=date, to=to, fields=fields))
    refuse_repeated(rhythm, "exceptions", [departure.date for departure in results])
    return results


def _month_end(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
