"""Who registered in a cycle: one row a person, found by filters that live in the address."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import addresses
from cycles.language import naming
from desk.ui.tables import sheets
from desk.ui.tables.long_lists import LongList
from registrations.booking import questions
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.people import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy
    from django.http import QueryDict

    from cycles.models import Cycle
    from registrations.models import Question

PER_PAGE = 50
# Digits that a number of a row may have: longer ones are no database's.
LONGEST_NUMBER = 18
# What the table can be ordered by: the words of the address, and the columns behind them.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("shown_sort", "shown_given_sort", "pk"),
    "date": ("requested_at", "pk"),
    "state": ("state", "queued_at", "shown_sort", "shown_given_sort", "pk"),
}
# The same for one stop: its own waiting list in order.
OF_STOP = ("state_there", "queued_there", "shown_sort", "shown_given_sort", "pk")
MAY_BE_EMPTY = ("queued_at", "queued_there", "state_there")
# Whoever came last is on top: what is new since yesterday.
NEWEST = "-date"


class FilterForm(forms.Form):
    """The filters of the table. A value that is not known is left out: an old address still works."""

    q = forms.CharField(label=gettext_lazy("Name, email or organisation"), required=False, max_length=200)
    stop = forms.ChoiceField(label=gettext_lazy("Session"), required=False)
    without_email = forms.BooleanField(label=gettext_lazy("Without an email address"), required=False)
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
            label=gettext_lazy("Session"), required=False, choices=[("", _("All")), *labels]
        )


def people(cycle: Cycle, form: FilterForm) -> QuerySet[CycleRegistration]:
    """Return the registrations of a cycle that the filters keep, in the order asked for.

    Where one stop is chosen each carries `state_there` and `queued_there`: the table is then about that stop.
    """
    form.is_valid()
    asked = form.cleaned_data
    rows = (
        CycleRegistration.objects.filter(cycle=cycle, participant__anonymised_at=None)
        .select_related("participant")
        .alias(**names.shown())
    )
    for word in (asked.get("q") or "").split():
        rows = rows.filter(named(word, within=CycleRegistration.objects.filter(cycle=cycle)))
    if asked.get("without_email"):
        rows = rows.filter(participant__email="")
    stop, state = asked.get("stop"), asked.get("state")
    if stop:
        there = Registration.objects.filter(cycle_registration=OuterRef("pk"), session__slug=stop)
        rows = rows.filter(Exists(there.filter(state=state) if state else there.live())).annotate(
            state_there=Subquery(there.values("state")[:1]),
            queued_there=Subquery(there.values("queued_at")[:1]),
        )
    elif state:
        rows = rows.filter(state=state)
    return rows.order_by(*_order(asked.get("sort") or "", is_of_stop=bool(stop)))


def named(word: str, *, path: str = "", within: QuerySet[CycleRegistration] | None = None) -> Q:
    """Return the condition that a word stands in somebody's address, or the name or organisation shown of them.

    `path` leads to the cycle registration; `within` are those among which it is looked for (all). SQLite knows the
    capitals of English alone: é and É are looked for as they may be written. People are looked for in a query of their
    own, for which an index can be of use (`registrations` migration 0011): a condition on two tables at once has none.
    """
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    address, own, typed = Q(), Q(), Q()
    for piece in addresses.pieces(word):
        # What stands in the column for people without an address is nobody's to find.
        address |= Q(email_key__contains=piece) & ~Q(email="")
    for spelling in spellings:
        own |= names.own_holds(spelling)
        typed |= names.typed_holds(spelling)
    rows = (CycleRegistration.objects.all() if within is None else within).order_by()
    reached = rows.filter(participant__in=Participant.objects.filter(address).values("pk"))
    called = rows.filter(names.follows(), participant__in=Participant.objects.filter(own).values("pk"))
    queryset = reached.values("pk").union(
        called.values("pk"), rows.exclude(names.follows()).filter(typed).values("pk")
    )
    return Q(**{f"{path.removesuffix('__') or 'pk'}__in": queryset})


def _order(sort: str, *, is_of_stop: bool) -> list[F | OrderBy]:
    sort = sort if sort.removeprefix("-") in ORDERS else NEWEST
    name, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    columns = OF_STOP if is_of_stop and name == "state" else ORDERS[name]
    return [_by(column, is_reversed=is_reversed) for column in columns]


def _by(column: str, *, is_reversed: bool) -> F | OrderBy:
    if column not in MAY_BE_EMPTY:
        # Without a word on empty values, which no index knows, an index gives the order.
        return F(column).desc() if is_reversed else F(column).asc()
    return F(column).desc(nulls_last=True) if is_reversed else F(column).asc(nulls_last=True)


class Pages(LongList):
    """The table cut into pages. Without a filter its length is counted from the index, whatever it is."""

    def __init__(self, cycle: Cycle, form: FilterForm) -> None:
        super().__init__(people(cycle, form), PER_PAGE)
        self.cycle, self.asked = cycle, form.cleaned_data

    @cached_property
    def count(self) -> int:
        if self.asked.get("q") or self.asked.get("stop") or self.asked.get("without_email"):
            return super().count
        rows = CycleRegistration.objects.filter(cycle=self.cycle)
        if state := self.asked.get("state"):
            rows = rows.filter(state=state)
        nobodys = Participant.objects.filter(anonymised_at__isnull=False)
        return rows.count() - rows.filter(participant__in=nobodys).count()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person of a page: where they stand (in the cycle, or at the stop chosen), how many stops they hold."""

    registration: CycleRegistration
    state: str
    position: int | None
    stops: int
    awaits_decision: bool


def lines(found: Iterable[CycleRegistration], form: FilterForm) -> list[Row]:
    """Return the rows of a page: one query, and one more where somebody waits."""
    rows = list(found)
    held = stops_held([row.pk for row in rows])
    places = _positions(rows, stop=form.cleaned_data.get("stop") or "")
    return [
        Row(
            registration=row,
            state=str(State(getattr(row, "state_there", row.state)).label),
            position=places.get(row.pk),
            stops=held.get(row.pk, 0),
            awaits_decision=row.state == State.IN_REVIEW,
        )
        for row in rows
    ]


def stops_held(ids: Collection[int]) -> dict[int, int]:
    """Return {cycle registration: how many stops it holds or waits for}."""
    live = Registration.objects.live().filter(cycle_registration__in=ids)
    return dict(live.values_list("cycle_registration").annotate(count=Count("pk")).order_by())


def _stops_by_person(ids: Collection[int], labels: Mapping[int, str]) -> dict[int, str]:
    """Return {cycle registration: the stops that it holds, in their order}, saying at which the person still waits."""
    live = Registration.objects.live().filter(cycle_registration__in=ids)
    result: dict[int, dict[int, str]] = {}
    for pk, session, state in live.values_list("cycle_registration_id", "session_id", "state"):
        result.setdefault(pk, {})[session] = state
    return {
        pk: ", ".join(
            label if own[session] == State.CONFIRMED else f"{label} ({State(own[session]).label})"
            for session, label in labels.items()
            if session in own
        )
        for pk, own in result.items()
    }


def _labels(cycle: Cycle) -> dict[int, str]:
    """Return {session: its label and its day} of a cycle, in their order: not all of them have a number."""
    result = {}
    for session in cycle.sessions.in_order():
        session.cycle = cycle
        day = f" {session.local_date:%Y-%m-%d}" if session.local_date else ""
        result[session.pk] = f"{naming.session_label(session)}{day}"
    return result


def _positions(rows: list[CycleRegistration], *, stop: str) -> dict[int, int]:
    """Return {cycle registration: its number, from 1} of those who wait: in the cycle's queue, or in the stop's."""
    ids = [row.pk for row in rows if getattr(row, "state_there", row.state) == State.WAITLISTED]
    if not ids:
        return {}
    mine: QuerySet[Any]
    queue: QuerySet[Any]
    if stop:
        mine = Registration.objects.filter(cycle_registration__in=ids, session__slug=stop)
        queue = Registration.objects.filter(session=OuterRef("session"), state=State.WAITLISTED)
    else:
        mine = CycleRegistration.objects.filter(pk__in=ids)
        queue = CycleRegistration.objects.filter(cycle=OuterRef("cycle"), state=State.WAITLISTED)
    earlier = Q(queued_at__lt=OuterRef("queued_at"))
    same = Q(queued_at=OuterRef("queued_at"), pk__lte=OuterRef("pk"))
    ahead = queue.filter(earlier | same).order_by().values("state").annotate(n=Count("pk")).values("n")
    key = "cycle_registration_id" if stop else "pk"
    return dict(mine.annotate(position=Subquery(ahead)).values_list(key, "position"))


def chosen(cycle: Cycle, query: QueryDict) -> QuerySet[CycleRegistration]:
    """Return the people ticked in the table (`person=…`); where nobody is, everyone whom the filters keep."""
    rows = people(cycle, FilterForm(query, cycle=cycle))
    ticked = [int(pk) for pk in query.getlist("person") if pk.isdecimal() and len(pk) <= LONGEST_NUMBER]
    if not query.getlist("person"):
        return rows
    return CycleRegistration.objects.filter(
        cycle=cycle, participant__anonymised_at=None, pk__in=ticked
    ).select_related("participant")


def kept(query: QueryDict) -> list[tuple[str, str]]:
    """Return the filters of the address, for a form that must carry them on."""
    return [(name, str(query[name])) for name in ("q", "stop", "state", "without_email") if query.get(name)]


@dataclass(frozen=True, kw_only=True)
class InState:
    """How many people stand so in the cycle, and whether the table shows only them."""

    value: str
    label: str
    count: int
    is_shown: bool


IN_ORDER = (
    State.CONFIRMED,
    State.WAITLISTED,
    State.OFFERED,
    State.IN_REVIEW,
    State.PENDING,
    State.REFUSED,
    State.CANCELLED,
)


def by_state(cycle: Cycle, query: QueryDict) -> list[InState]:
    """Return how many people of a cycle stand where, in two queries that an index answers."""
    rows = CycleRegistration.objects.filter(cycle=cycle)
    nobodys = rows.filter(participant__in=Participant.objects.filter(anonymised_at__isnull=False))
    counts, gone = (
        dict(some.order_by().values_list("state").annotate(count=Count("pk"))) for some in (rows, nobodys)
    )
    asked = query.get("state", "") if not query.get("stop") else ""
    return [
        InState(value=state.value, label=str(state.label), count=count, is_shown=state.value == asked)
        for state in IN_ORDER
        if (count := counts.get(state.value, 0) - gone.get(state.value, 0))
    ]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A column's heading: the address that orders by it, and how it is ordered now (`aria-sort`)."""

    query: str
    state: str


def headings(query: QueryDict) -> dict[str, Heading]:
    """Return a heading for each order; pressing the one in force turns it round. The filters stay."""
    asked = query.get("sort", "")
    now = asked if asked.removeprefix("-") in ORDERS else NEWEST
    result = {}
    for name in ORDERS:
        address = query.copy()
        address.pop("page", None)
        address["sort"] = f"-{name}" if now == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(now, "none")
        result[name] = Heading(query=address.urlencode(), state=state)
    return result


def header(cycle: Cycle) -> tuple[list[str], list[Question]]:
    """Return the columns of the exports, and the questions whose answers are the last of them."""
    asked = list(cycle.questions.order_by("order", "pk"))
    columns = [
        _("Family name"),
        _("Given name"),
        _("Email"),
        _("Organisation"),
        _("Language"),
        _("State"),
        _("Scope"),
        _("Number of sessions"),
        _("Which sessions"),
        _("Registered at (UTC)"),
        _("Source"),
        *(str(question.label) for question in asked),
    ]
    return columns, asked


def values(
    cycle: Cycle, rows: QuerySet[CycleRegistration], asked: Sequence[Question]
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the exports, read from the database in pieces."""
    result = rows.iterator(chunk_size=sheets.CHUNK)
    labels = _labels(cycle)
    while piece := list(islice(result, sheets.CHUNK)):
        ids = [row.pk for row in piece]
        held, which = stops_held(ids), _stops_by_person(ids, labels)
        for row in piece:
            person, row.cycle = row.person, cycle
            yield (
                person.family_name,
                person.given_name,
                addresses.shown(person.email),
                person.organisation_name,
                row.participant.language,
                State(getattr(row, "state_there", row.state)).label,
                row.scope_in_words,
                held.get(row.pk, 0),
                which.get(row.pk, ""),
                row.requested_at,
                row.source_code,
                *(questions.words(row.answers.get(str(question.pk))) for question in asked),
            )
