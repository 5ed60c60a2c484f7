"""Writing records: a row is found by its slug, made when missing, changed only where it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from cycles import access
from cycles.content import transfers
from cycles.imports.programme.file.records import ANYTHING, MODELS, CycleRecord, SessionRecord
from cycles.models import Cycle, Membership, Programme, Session, Territory
from cycles.schedule import planning

from .rows import differences, save_differences
from .schedule import ScheduleWriter

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import Model

    from cycles.imports.programme.file.document import Document
    from cycles.imports.programme.file.reading import Reference
    from cycles.imports.programme.file.records import Record, Row, Rows
    from cycles.imports.programme.permission import Permission
    from cycles.imports.programme.report import Report

# The column of NewsLink for each section.
TARGETS = {
    "programmes": "programme",
    "cycles": "cycle",
    "sessions": "session",
    "modules": "module",
    "workshops": "workshop",
    "resources": "resource",
    "events": "event",
    "external_databases": "external_database",
}


class Writer:
    """Writes a document within the caller's transaction; what goes wrong is added to the report."""

    def __init__(self, report: Report, *, permission: Permission, at: dt.datetime) -> None:
        self.report = report
        self.permission = permission
        self.at = at
        # The programmes of which something was written.
        self.touched: set[int] = set()
        self.rows: dict[tuple[str, str], Model] = {}

    def write(self, document: Document) -> None:
        schedule = ScheduleWriter(document, self.report, at=self.at)
        for record in document.records:
            try:
                self._write(record, schedule)
            except IntegrityError as error:
                record.item.error(_("clashes with what is already stored: %(reason)s") % {"reason": error})
                return
            if isinstance(record, CycleRecord) and self.report.errors:
                return
        for slug in document.cycles():
            cycle = self.rows["cycles", slug]
            assert isinstance(cycle, Cycle)  # noqa: S101 - tells the type of what was written above
            schedule.finish(cycle)

    def _write(self, record: Record, schedule: ScheduleWriter) -> None:
        fields = dict(record.fields)
        if "territory" in fields:
            fields["territory"] = self._territory(fields["territory"])
        fields |= {name: self._row(ref) if ref else None for name, ref in record.refs.items()}
        row: Model
        if isinstance(record, SessionRecord):
            cycle = self._row(record.cycle)
            assert isinstance(cycle, Cycle)  # noqa: S101 - tells the type of what a cycle reference names
            fields["track"] = cycle.tracks.get(slug=record.track) if record.track else None
            row, is_new, is_changed = schedule.write(record, cycle, fields)
        else:
            row, is_new, is_changed = self._upsert(record, fields)
        self.rows[record.section, record.slug] = row
        for name, refs in record.many.items():
            is_changed |= _set(row, name, [self._row(ref) for ref in refs])
        for rows in record.rows:
            is_changed |= self._sync(row, rows)
        if is_new or is_changed:
            self._tell(record, row, is_new=is_new)
        if is_changed and not is_new and isinstance(row, Cycle | Session):
            row.revised_at = planning.next_revised_at(row.revised_at, at=self.at)
            row.save(update_fields=["revised_at"])

    def _tell(self, record: Record, row: Model, *, is_new: bool) -> None:
        self.report.wrote(record.item.line, record.section, record.slug, is_new=is_new)
        programme = access.programme_of(row)
        if programme is not None:
            self.touched.add(programme.pk)

    def _upsert(self, record: Record, fields: dict[str, Any]) -> tuple[Model, bool, bool]:
        row = record.model._default_manager.filter(slug=record.slug).first()
        if row is None:
            if record.model is Cycle:
                fields["revised_at"] = planning.next_revised_at(None, at=self.at)
            row = record.model._default_manager.create(slug=record.slug, **fields, **record.initial)
            if isinstance(row, Programme) and self.permission.by is not None:
                Membership.objects.create(programme=row, user=self.permission.by, role=Membership.Role.OWNER)
            return row, True, False
        origin = access.programme_of(row)
        if isinstance(record, CycleRecord) and row.demo_shift_years != fields["demo_shift_years"]:  # type: ignore[attr-defined] # a cycle record names a cycle
            record.item.error(
                _(
                    "was imported with dates shifted by %(years)d years: import it with the same shift "
                    "(manage.py import_programme --shift-years %(years)d), or under another slug"
                )
                % {"years": row.demo_shift_years}  # type: ignore[attr-defined] # likewise
            )
        if (
            isinstance(record, CycleRecord)
            and isinstance(row, Cycle)
            and row.timezone != fields["timezone"]
            and row.sessions.exists()
        ):
            record.item.error(
                _(
                    "The time zone of a cycle that has sessions cannot change: their hours would be told wrongly."
                ),
                "timezone",
            )
        is_changed = bool(save_differences(row, fields))
        if is_changed:
            self._settle(record, row, origin)
        return row, False, is_changed

    def _settle(self, record: Record, row: Model, origin: Programme | None) -> None:
        """Refuse an entry that takes its row out of a programme without the right to; note the move in both."""
        try:
            transfers.settle(row, origin=origin, by=self.permission.by, at=self.at)
        except transfers.TransferError as error:
            record.item.error(str(error))
        else:
            if origin is not None:
                self.touched.add(origin.pk)

    def _row(self, reference: Reference) -> Model:
        sections = (reference.section,) if reference.section else ANYTHING
        for section in sections:
            if (section, reference.slug) in self.rows:
                return self.rows[section, reference.slug]
        for section in sections:
            result = self.permission.find(section, reference.slug)
            if result is not None:
                return result
        msg = f"{reference} was checked before anything was written"
        raise AssertionError(msg)

    def _territory(self, territory: dict[str, Any]) -> Territory:
        fields = {"name": territory["name"], "kind": territory["kind"]}
        row = Territory.objects.filter(slug=territory["slug"]).first()
        if row is None:
            self.report.created["territories"] += 1
            return Territory.objects.create(slug=territory["slug"], **fields)
        if save_differences(row, fields):
            self.report.changed["territories"] += 1
        return row

    def _sync(self, parent: Model, rows: Rows) -> bool:
        """Make the rows below `parent` those of the file; tell whether anything differed."""
        manager = getattr(parent, rows.name)
        wanted = {}
        for row in rows.rows:
            fields = self._columns(row)
            wanted[tuple(fields[name] for name in rows.key)] = (row, fields)
        present = {tuple(getattr(row, name) for name in rows.key): row for row in manager.all()}
        if rows.is_replaced:
            return _replace(manager, present, {key: fields for key, (_row, fields) in wanted.items()})
        is_changed = False
        for key in present.keys() - wanted.keys():
            present[key].delete()
            is_changed = True
        for key, (row, fields) in wanted.items():
            child = present.get(key)
            if child is None:
                child = manager.create(**fields)
                is_changed = True
            else:
                is_changed |= bool(save_differences(child, fields))
            for below in row.rows:
                is_changed |= self._sync(child, below)
        return is_changed

    def _columns(self, row: Row) -> dict[str, Any]:
        fields = dict(row.fields)
        for name, ref in row.refs.items():
            target = self._row(ref) if ref else None
            if name == "target" and target is not None:
                fields |= dict.fromkeys(TARGETS.values()) | {_target_column(target): target}
            else:
                fields[name] = target
        return fields


def _replace(manager: Any, present: dict[Any, Model], wanted: dict[Any, dict[str, Any]]) -> bool:
    is_same = present.keys() == wanted.keys() and not any(
        differences(present[key], fields) for key, fields in wanted.items()
    )
    if not is_same:
        manager.all().delete()
        for fields in wanted.values():
            manager.create(**fields)
    return not is_same


def _target_column(row: Model) -> str:
    return next(
        TARGETS[section] for section, model in (*MODELS.items(), ("sessions", Session)) if type(row) is model
    )


def _set(row: Model, name: str, wanted: list[Model]) -> bool:
    manager = getattr(row, name)
    if set(manager.values_list("pk", flat=True)) == {other.pk for other in wanted}:
        return False
    manager.set(wanted)
    return True
