"""What the file says, ready to be written: one Record a row, with the rows that hang on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cycles import models

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import Model

    from cycles.schedule.recurrence import Occurrence, Rule

    from .reading import Item, Reference


MODELS: dict[str, type[Model]] = {
    "topics": models.Topic,
    "organisations": models.Organisation,
    "people": models.Person,
    "programmes": models.Programme,
    "cycles": models.Cycle,
    "events": models.Event,
    "modules": models.Module,
    "runs": models.Cycle,
    "workshops": models.Workshop,
    "resource_series": models.ResourceSeries,
    "resources": models.Resource,
    "external_databases": models.ExternalDatabase,
    "news": models.News,
}
# The sections in which a slug without a section is looked up, first match first.
ANYTHING = (
    "programmes",
    "cycles",
    "sessions",
    "modules",
    "workshops",
    "resources",
    "events",
    "external_databases",
)


@dataclass(kw_only=True, eq=False)
class Row:
    """A row that belongs to another and is found by its place in it (an objective, an agenda item)."""

    fields: dict[str, Any]
    refs: dict[str, Reference | None] = field(default_factory=dict)
    rows: list[Rows] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class Rows:
    """All rows of one kind below another row: `name` is the reverse accessor, `key` tells them apart.

    With `is_replaced` they are deleted and made anew when anything differs; else each is kept and updated.
    """

    name: str
    key: tuple[str, ...]
    rows: list[Row]
    is_replaced: bool = False


@dataclass(kw_only=True, eq=False)
class Record:
    """One entry of the file. `initial` is written when the row is made, the rest whenever it differs."""

    section: str
    slug: str
    item: Item
    model: type[Model]
    fields: dict[str, Any] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, Reference | None] = field(default_factory=dict)
    many: dict[str, list[Reference]] = field(default_factory=dict)
    rows: list[Rows] = field(default_factory=list)
    # References that must exist, though nothing of them is written here.
    checked: list[Reference] = field(default_factory=list)

    def references(self) -> list[Reference]:
        queryset = [ref for ref in self.refs.values() if ref] + self.checked
        for refs in self.many.values():
            queryset += refs
        pending = list(self.rows)
        while pending:
            for row in pending.pop().rows:
                queryset += [ref for ref in row.refs.values() if ref]
                pending += row.rows
        return queryset


@dataclass(kw_only=True, eq=False)
class Departure:
    """An exception to a rhythm: moved from `date` to `to`, skipped on `date`, or added on `date`."""

    item: Item
    kind: str
    date: dt.date
    to: dt.date | None
    fields: dict[str, Any]


@dataclass(kw_only=True, eq=False)
class CycleRecord(Record):
    rule: Rule | None = None
    departures: list[Departure] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class SessionRecord(Record):
    """A session; its schedule is written by the rules of planning and not like the rest."""

    cycle: Reference
    local_date: dt.date | None
    local_start: dt.time | None = None
    # The file gave an offset: an hour that happens twice is no question.
    has_offset: bool = False
    minutes: int | None = None
    status: str
    cancel_reason: dict[str, str] | str = ""
    track: str = ""
    # As the file says it, then as the cycle's rhythm (and a shift of it) tells.
    planned_date: dt.date | None = None
    occurrence: Occurrence | None = None


def find_anything(records: list[Record]) -> dict[str, tuple[str, str]]:
    """Return (section, slug) by slug, for references that may name any kind of thing."""
    ordered = sorted(
        (record for record in records if record.section in ANYTHING),
        key=lambda record: -ANYTHING.index(record.section),
    )
    return {record.slug: (record.section, record.slug) for record in ordered}
