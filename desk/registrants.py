"""Who registered in a cycle: one row a person, found by filters that live in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles import naming
from registrations import questions
from registrations.models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy
    from django.http import QueryDict
    from django_stubs_ext import WithAnnotations

    from cycles.models import Cycle

    class _Stops(TypedDict):
        stops: int

    WithStops = WithAnnotations[CycleRegistration, _Stops]

LIVE = (State.CONFIRMED, State.WAITLISTED, State.OFFERED)
# A spreadsheet takes a cell that begins so for a formula and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000
# What the table can be ordered by: the words of the address, and the columns behind them.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("participant__family_name", "participant__given_name", "pk"),
    "date": ("requested_at", "pk"),
    "state": ("state", "queued_at", "participant__family_name", "participant__given_name", "pk"),
}


class FilterForm(forms.Form):
    """The filters of the table. A value that is not known is left out: an old address still works."""

    q = forms.CharField(label=gettext_lazy("Name, e-mail or organisation"), required=False, max_length=200)
    stop = forms.ChoiceField(label=gettext_lazy("Stop"), required=False)
    # "name", or "-date" for the other way round.
    sort = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *State.choices],
    )

    def __init__(self, data: QueryDict, *, cycle: Cycle) -> None:
        super().__init__(data)
        sessions = cycle.sessions.in_order()
        labels = []
        for session in sessions:
            session.cycle = cycle
            labels.append((session.slug, naming.session_label(session)))
        self.fields["stop"] = forms.ChoiceField(
            label=gettext_lazy("Stop"), required=False, choices=[("", _("All")), *labels]
        )


def people(cycle: Cycle, form: FilterForm) -> QuerySet[WithStops]:
    """Return the registrations of a cycle that the filters keep, in the order asked for, each with `stops` it holds."""
    form.is_valid()
    asked = form.cleaned_data
    rows = CycleRegistration.objects.filter(cycle=cycle, participant__anonymised_at=None).select_related(
        "participant"
    )
    for word in (asked.get("q") or "").split():
        rows = rows.filter(
            Q(participant__given_name__icontains=word)
            | Q(participant__family_name__icontains=word)
            | Q(participant__email_key__contains=word.casefold())
            | Q(participant__organisation_name__icontains=word)
        )
    stop, state = asked.get("stop"), asked.get("state")
    if stop:
        there = Registration.objects.filter(cycle_registration=OuterRef("pk"), session__slug=stop)
        rows = rows.filter(Exists(there.filter(state=state) if state else there.live()))
    elif state:
        rows = rows.filter(state=state)
    return rows.annotate(stops=Count("registrations", filter=Q(registrations__state__in=LIVE))).order_by(
        *_order(asked.get("sort") or "")
    )


def _order(sort: str) -> list[F | OrderBy]:
    name, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    columns = ORDERS.get(name, ORDERS["name"])
    return [
        F(column).desc(nulls_last=True) if is_reversed else F(column).asc(nulls_last=True)
        for column in columns
    ]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A column's heading: the address that orders by it, and how it is ordered now (`aria-sort`)."""

    query: str
    state: str


def headings(query: QueryDict) -> dict[str, Heading]:
    """Return a heading for each order; pressing the one in force turns it round. The filters stay."""
    asked = query.get("sort", "")
    now = asked if asked.removeprefix("-") in ORDERS else "name"
    found = {}
    for name in ORDERS:
        address = query.copy()
        address.pop("page", None)
        address["sort"] = f"-{name}" if now == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(now, "none")
        found[name] = Heading(query=address.urlencode(), state=state)
    return found


def cell(value: object) -> str:
    """Return a cell of CSV (RFC 4180) with `;`, such that no spreadsheet takes it for a formula."""
    text = str(value)
    if text.startswith(FORMULA_STARTS):
        text = f"'{text}"
    if any(mark in text for mark in ';"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text


def csv_lines(cycle: Cycle, form: FilterForm) -> Iterator[str]:
    """Yield the table as lines of CSV, read from the database in pieces; the first carries the BOM for Excel."""
    asked = list(cycle.questions.order_by("order", "pk"))
    header = (
        _("Family name"),
        _("Given name"),
        _("E-mail"),
        _("Organisation"),
        _("Language"),
        _("State"),
        _("Scope"),
        _("Stops"),
        _("Registered at (UTC)"),
        _("Came by"),
        *(str(question.label) for question in asked),
    )
    yield "\ufeff" + ";".join(map(cell, header)) + "\r\n"
    for row in people(cycle, form).iterator(chunk_size=CHUNK):
        person = row.participant
        values = (
            person.family_name,
            person.given_name,
            person.email,
            person.organisation_name,
            person.language,
            row.get_state_display(),
            row.get_scope_display(),
            row.stops,
            f"{row.requested_at:%Y-%m-%d %H:%M}",
            row.source_code,
            *(questions.words(row.answers.get(str(question.pk))) for question in asked),
        )
        yield ";".join(map(cell, values)) + "\r\n"
