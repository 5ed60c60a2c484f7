"""What stands beside the line: objectives, other cycles, training, publications, events. One query for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, DateField, F, Q, Value
from django.db.models.functions import Cast, LPad
from django.urls import reverse
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.models import Cycle, Event, Module, Objective, Resource, Workshop
from cycles.models.shared import DatePrecision

from .stops import language

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from i18nfield.strings import LazyI18nString

    from cycles.models import Programme

MOST_SHOWN = 6
PERIOD = "period"
KINDS: dict[str, Any] = {
    "cycles": Cycle.Kind,
    "training": Module.Kind,
    "events": Event.Kind,
    "resources": Resource.Kind,
}
PAGES = {"events": "event-detail", "resources": "resource-detail"}


class Row(NamedTuple):
    """What the tables of the union have in common."""

    sort: str
    slug: str
    title: LazyI18nString
    word: str
    address: str | None
    first: dt.date | None
    last: dt.date | None
    precision: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One thing worth a line: what it is, its title, where it is (empty: nowhere to link to), when."""

    word: str
    title: LazyI18nString
    address: str
    when: str
    first: dt.date | None

    @property
    def is_elsewhere(self) -> bool:
        return self.address.startswith("http")


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around a programme or a cycle: its objectives in order, the rest by kind, newest first."""

    objectives: list[LazyI18nString] = field(default_factory=list)
    cycles: list[Beside] = field(default_factory=list)
    training: list[Beside] = field(default_factory=list)
    events: list[Beside] = field(default_factory=list)
    resources: list[Beside] = field(default_factory=list)


def around(programme: Programme | None, *, besides: Cycle | None = None, with_modules: bool = True) -> Around:
    """Return what else there is for readers of a programme; things without a programme are everyone's.

    `with_modules` is False where the page shows the programme's modules itself, with their workshops: those of
    none stay.
    """
    ours = Q(programme=programme) | Q(programme=None)
    cycles = Cycle.objects.published().series().filter(ours if besides else Q(programme=None))
    rows = _rows(
        cycles.exclude(pk=besides.pk) if besides else cycles,
        sort="cycles",
        address="external_url",
        first="first_date",
        last="last_date",
        precision=PERIOD,
    ).union(
        _rows(
            Module.objects.published().filter(ours if with_modules else Q(programme=None)),
            sort="training",
            address="url",
        ),
        _rows(
            Workshop.objects.published().filter(
                Q(module=None) | (Q(module__programme=programme) if with_modules else Q(pk=None))
            ),
            sort="workshop",
            address="module__slug",
            first="date_from",
            last="date_until",
            precision="date_precision",
        ),
        *(
            _rows(
                rows,
                sort=sort,
                address="url",
                first="date_from",
                last="date_until",
                precision="date_precision",
            )
            for rows, sort in (
                (Event.objects.filter(ours), "events"),
                (Resource.objects.published().filter(ours), "resources"),
            )
        ),
        _objectives(programme),
        all=True,
    )
    result = Around()
    for row in sorted((Row(*values) for values in rows), key=_newest_first):
        if row.sort == "objectives":
            result.objectives.append(row.title)
            continue
        getattr(result, "training" if row.sort == "workshop" else row.sort).append(_beside(row))
    del result.resources[MOST_SHOWN:]
    del result.events[MOST_SHOWN:]
    return result


def _rows(
    rows: QuerySet[Any], *, sort: str, address: str, first: str = "", last: str = "", precision: str = ""
) -> Any:
    """Return rows of one table in the columns that all tables of the union share."""
    no_date = Cast(Value(None), DateField())
    of_table = precision and precision != PERIOD
    return (
        rows.order_by()
        .annotate(
            sort=Value(sort, output_field=CharField()),
            word=F("kind"),
            address=F(address),
            first=F(first) if first else no_date,
            last=F(last) if last else no_date,
            precision=F(precision) if of_table else Value(precision, output_field=CharField()),
        )
        .values_list(*Row._fields)
    )


def _objectives(programme: Programme | None) -> Any:
    no_date = Cast(Value(None), DateField())
    return (
        Objective.objects.filter(programme=programme)
        .order_by()
        .annotate(
            sort=Value("objectives", output_field=CharField()),
            # Their order stands where other things have a slug, so that it sorts them.
            slug=LPad(Cast("order", CharField()), 5, Value("0")),
            title=F("text"),
            word=Value("", output_field=CharField()),
            address=Value("", output_field=CharField()),
            first=no_date,
            last=no_date,
            precision=Value("", output_field=CharField()),
        )
        .values_list(*Row._fields)
    )


def _newest_first(row: Row) -> tuple[bool, int, str]:
    return (row.first is None, -row.first.toordinal() if row.first else 0, row.slug)


def _beside(row: Row) -> Beside:
    return Beside(
        word=str(KINDS[row.sort](row.word).label) if row.sort in KINDS else _("workshop"),
        title=row.title,
        address=_address(row),
        when=_when(row.precision, row.first, row.last),
        first=row.first,
    )


def _address(row: Row) -> str:
    if row.sort == "cycles":
        return reverse("cycles:cycle-detail", args=[row.slug])
    if row.sort == "training":
        return reverse("cycles:module-detail", args=[row.slug])
    if row.sort == "workshop":
        return reverse("cycles:module-detail", args=[row.address]) if row.address else ""
    return reverse(f"cycles:{PAGES[row.sort]}", args=[row.slug]) if row.sort in PAGES else row.address or ""


def _when(precision: str, first: dt.date | None, last: dt.date | None) -> str:
    if first is None:
        return ""
    if precision != PERIOD:
        return wording.fuzzy_date(precision, first, last, language=language())
    if last is None or first == last:
        return wording.fuzzy_date(DatePrecision.DAY, first, None, language=language())
    return wording.period(first, last, language=language())
