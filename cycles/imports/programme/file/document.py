"""From the tree of a file to the records to write: every section read, every reference and date checked."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cycles.imports.programme import shift
from cycles.language import wording
from cycles.models import Cycle, Session
from cycles.models.shared import Certainty
from cycles.schedule import public_holidays, recurrence

from . import catalogue, cycles, library, sessions
from .catalogue import refuse_repeated
from .reading import LANGUAGES, Item, Reference
from .records import ANYTHING, CycleRecord, Record, SessionRecord, find_anything

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.imports.programme.report import Report

    from .source import Mapping

SCHEMA_VERSION = 1
# What a file may say for its readers: nothing of it is written.
COMMENTARY = (
    "reminder_policy_proposal",
    "calendar_checks",
    "third_thursdays_that_are_public_holidays",
    "inconsistencies",
)


def _given(record: Record, _item: Item) -> Record:
    return record


class Document:
    """The records of a file in the order in which they can be written."""

    def __init__(self, tree: Mapping, report: Report, *, months: int | None, at: dt.datetime) -> None:
        """Read everything; `months` is how far what `demo_shift` names is to move, None for up to `at`."""
        self.report = report
        self.root = Item(tree, "", report)
        self.zone = self.root.text("default_timezone", limit=60) or "Europe/Paris"
        if self.root.number("schema_version") != SCHEMA_VERSION:
            self.root.error(
                _("this program reads version %(version)d") % {"version": SCHEMA_VERSION}, "schema_version"
            )
        if set(self.root.texts("locales")) - set(LANGUAGES):
            self.root.error(_("the languages are fr and en"), "locales")
        self.root.choice("default_locale", LANGUAGES[:1])
        self.root.ignore(*COMMENTARY)
        self.records: list[Record] = []
        self._read_sections()
        self._shift(months, at=at)
        self._place_sessions()
        self.root.finish()

    def _read_sections(self) -> None:
        session_items = self.root.items("sessions")
        self._section("topics", catalogue.topic)
        self._section("organisations", catalogue.organisation)
        self._section("people", catalogue.person)
        self._section("programmes", catalogue.programme)
        self._section("events", library.event)
        self._keep([item for item in session_items if not item.has("cycle")], sessions.event_from)
        self._section("cycles", lambda item: cycles.cycle(item, default_zone=self.zone))
        self._keep([item for item in session_items if item.has("cycle")], self._session)
        for item in self.root.items("modules"):
            module_slug = item.text("slug")
            meetings, runs = item.items("workshops"), item.items("runs")
            module = library.module(item)
            self._keep([item], functools.partial(_given, module))
            for place, run in enumerate(runs, start=1):
                self._keep([run], functools.partial(library.run, module=module, place=place))
            numbers = [r.fields["run_number"] for r in self.records if r.section == "runs" and r.item in runs]
            refuse_repeated(item, "runs", numbers)
            self._keep(meetings, functools.partial(library.workshop, module_slug=module_slug))
        self._section("resource_series", library.series)
        self._section("resources", library.resource)
        self._section("external_databases", library.external_database)
        for position, item in enumerate(self.root.items("news"), start=1):
            self._keep([item], functools.partial(library.news, position=position))
        for section in {record.section for record in self.records}:
            slugs = [record.slug for record in self.records if record.section == section and record.slug]
            refuse_repeated(self.root, section, slugs)

    def _section(self, key: str, reader: Callable[[Item], Record]) -> None:
        self._keep(self.root.items(key), reader)

    def _keep(self, items: list[Item], reader: Callable[[Item], Record | None]) -> None:
        for item in items:
            record = reader(item)
            item.finish()
            if record is not None:
                self.records.append(record)

    def _session(self, item: Item) -> SessionRecord | None:
        cycle = item.reference("cycle", "cycles", required=True)
        home = self.cycles().get(cycle.slug) if cycle else None
        if cycle is None or home is None:
            item.error(_("the cycle of a session stands in the same file"), "cycle")
            item.ignore(*item.node.entries)
            return None
        return sessions.session(item, cycle, home=home)

    def cycles(self) -> dict[str, CycleRecord]:
        return {record.slug: record for record in self.records if isinstance(record, CycleRecord)}

    def sessions_of(self, slug: str) -> list[SessionRecord]:
        return [
            record
            for record in self.records
            if isinstance(record, SessionRecord) and record.cycle.slug == slug
        ]

    def _shift(self, months: int | None, *, at: dt.datetime) -> None:
        item = self.root.item("demo_shift")
        for cycle in self.cycles().values():
            cycle.fields["demo_shift_years"] = 0
        if months is None:
            anchor = item.month("anchor_month") if item else None
            months = shift.months_between(anchor, at.astimezone(ZoneInfo(self.zone)).date()) if anchor else 0
        if months and item is None:
            self.root.error(_("say in demo_shift.applies_to which cycles may be shifted"))
        covered = shift.scope(item, self.records) if months and item else frozenset()
        self.shift = shift.Shift(months, covered)
        staying = shift.programmes_that_stay_in_part(self.shift, self.records)
        for record in self.records:
            is_whole = record.section != "programmes" or record.slug not in staying
            if item and is_whole and self.shift.covers(record) and not record.fields.get("banner", "none"):
                record.fields["banner"] = shift.banner(item, self.shift)
        self.timetables = {slug: shift.Timetable(cycle, self.shift) for slug, cycle in self.cycles().items()}
        if item:
            item.ignore("years", "note", "applies_to", "must_show_banner", "anchor_month")
            item.finish()
        shift.apply(self.shift, self.records, zone=self.zone)

    def _place_sessions(self) -> None:
        for slug, cycle in self.cycles().items():
            timetable = self.timetables[slug]
            placed = self.sessions_of(slug)
            for record in placed:
                self._place(record, cycle, timetable)
            taken = {record.planned_date for record in placed}
            open_dates = timetable.open_dates(taken)
            if not placed and cycle.fields["kind"] == Cycle.Kind.DAILY:
                self._add_steps(cycle, timetable, open_dates)
            elif open_dates:
                dates = ", ".join(map(str, open_dates))
                cycle.item.warn(_("dates of the rhythm without a session: %(dates)s") % {"dates": dates})
            self._check_numbers(cycle, self.sessions_of(slug))

    def _place(self, record: SessionRecord, cycle: CycleRecord, timetable: shift.Timetable) -> None:
        if record.planned_date is not None:
            record.planned_date = timetable.new.get(record.planned_date)
        if record.local_date is None:
            return
        held, planned, is_explained = timetable.place(record.local_date)
        record.planned_date = planned
        record.occurrence = recurrence.local_span(
            held, local_start=record.local_start, minutes=record.minutes, zone=cycle.fields["timezone"]
        )
        if not is_explained:
            record.item.warn(
                _("%(date)s is not a date of the rhythm (%(nth)s): an exception would say why")
                % {"date": held, "nth": wording.nth_in_words(held, language=get_language() or "fr")}
            )
        self._warn_of_the_day(record)

    def _warn_of_the_day(self, record: SessionRecord) -> None:
        occurrence = record.occurrence
        if occurrence is None or occurrence.is_all_day:
            return
        day = occurrence.planned_date
        for closure in public_holidays.closures(day, language=get_language() or "fr"):
            if closure.kind == "public" and not closure.places:
                record.item.warn(
                    _("%(date)s is a public holiday (%(name)s)") % {"date": day, "name": closure.name}
                )
        if occurrence.clock_change == "nonexistent":
            record.item.warn(_("this hour does not exist on %(date)s: the clocks go forward") % {"date": day})
        if occurrence.clock_change == "ambiguous" and not record.has_offset:
            record.item.warn(_("this hour happens twice on %(date)s: the first is taken") % {"date": day})

    def _add_steps(self, cycle: CycleRecord, timetable: shift.Timetable, dates: list[Any]) -> None:
        """Give a daily cycle without sessions one step a day: its titles may never have been published."""
        word = cycle.fields["session_word"]
        prefix = slugify(next(iter(word.values()))[:200]) if word else "session"
        rule = timetable.rule
        moved = dict(timetable.departure(departure) for departure in timetable.departures)
        for number, date in enumerate(dates, start=1):
            held = moved.get(date) or date
            self.records.append(
                SessionRecord(
                    section="sessions",
                    slug=f"{prefix}-{number:02d}",
                    item=cycle.item,
                    model=Session,
                    cycle=Reference("cycles", cycle.slug, cycle.item.line, cycle.item.where),
                    local_date=held,
                    planned_date=date,
                    status=Session.Status.CONFIRMED,
                    occurrence=recurrence.local_span(
                        held,
                        local_start=rule.local_start if rule else None,
                        minutes=rule.minutes if rule else None,
                        zone=cycle.fields["timezone"],
                    ),
                    fields={"number": number, "has_theme": False, "certainty": Certainty.COMPUTED},
                )
            )

    def _check_numbers(self, cycle: CycleRecord, placed: list[SessionRecord]) -> None:
        refuse_repeated(cycle.item, "planned_date", [r.planned_date for r in placed if r.planned_date])
        refuse_repeated(cycle.item, "number", [n for r in placed if (n := r.fields["number"])])
        planned = cycle.fields["planned_count"]
        if planned is not None and planned != len(placed):
            result = ngettext("%(count)d session", "%(count)d sessions", len(placed)) % {"count": len(placed)}
            words = ngettext(
                "%(sessions)s for %(planned)d planned", "%(sessions)s for %(planned)d planned", planned
            )
            cycle.item.warn(words % {"sessions": result, "planned": planned}, "planned_count")
        dated = sorted(
            (r.occurrence.starts_at, r.occurrence.ends_at, r.slug, r) for r in placed if r.occurrence
        )
        for before, after in itertools.pairwise(dated):
            if after[0] < before[1]:
                after[3].item.warn(_("begins before “%(slug)s” has ended") % {"slug": before[2]})

    def check_references(self, exists: Callable[[str, str], bool]) -> None:
        """Refuse a reference to what neither the file nor (says `exists`) the database has."""
        here = {(record.section, record.slug) for record in self.records}
        anything = find_anything(self.records)
        for record in self.records:
            for reference in record.references():
                if reference.section:
                    is_known = (reference.section, reference.slug) in here or exists(*reference[:2])
                else:
                    is_known = reference.slug in anything or any(
                        exists(section, reference.slug) for section in ANYTHING
                    )
                if not is_known:
                    self.report.error(
                        reference.line,
                        reference.where,
                        _("“%(slug)s” is not known%(section)s")
                        % {
                            "slug": reference.slug,
                            "section": f" ({reference.section})" if reference.section else "",
                        },
                    )

    def check_fields(self) -> None:
        """Refuse what the columns themselves refuse: an address that is none, a text that is too long."""
        for record in self.records:
            plain = {name: value for name, value in record.fields.items() if name != "territory"}
            others = {field.name for field in record.model._meta.get_fields()} - set(plain)
            try:
                record.model(**plain).clean_fields(exclude=others)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    record.item.error(" ".join(messages), name)

    def put_in_order(self) -> None:
        """Put each record after the one of its own section that it names; a circle is an error."""
        ordered: dict[tuple[str, str], Record] = {}
        pending = list(self.records)
        here = {(record.section, record.slug) for record in pending}
        while pending:
            ready = [
                record
                for record in pending
                if all(
                    (ref.section, ref.slug) in ordered or (ref.section, ref.slug) not in here
                    for ref in record.refs.values()
                    if ref and ref.section == record.section
                )
            ]
            if not ready:
                pending[0].item.error(_("this entry leads back to itself"))
                return
            ordered |= {(record.section, record.slug): record for record in ready}
            pending = [record for record in pending if record not in ready]
        self.records = sorted(ordered.values(), key=lambda record: ORDER.index(record.section))


ORDER = (
    "topics",
    "organisations",
    "people",
    "programmes",
    "events",
    "modules",
    "cycles",
    "runs",
    "sessions",
    "workshops",
    "resource_series",
    "resources",
    "external_databases",
    "news",
)
