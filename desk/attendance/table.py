"""Who came to a session: the table, what is written in it by hand, the file that is brought in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import addresses
from desk.people.registrants import LONGEST_NUMBER, named
from desk.reports.shares import Presence
from desk.ui.tables import sheets
from registrations.attendance import noting
from registrations.attendance.matching import LONGEST_MINUTES
from registrations.attendance.models import Attendance
from registrations.models import Registration, State
from registrations.people import names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from django.http import QueryDict

    from cycles.models import Session
    from registrations.models import RegistrationQuerySet

# What the page of a row carries to say what it showed.
SHOWN = re.compile(rf"r([0-9]{{1,{LONGEST_NUMBER}}})-was")


class FilterForm(forms.Form):
    """The filters of the table; a value that is not known is left out."""

    q = forms.CharField(label=gettext_lazy("Name or email"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=gettext_lazy("Attendance"),
        required=False,
        choices=[("", gettext_lazy("All")), *Attendance.State.choices],
    )


class NoteForm(forms.Form):
    """One line of the table. `was` is what the page showed: only what was changed on it is written."""

    state = forms.ChoiceField(choices=Attendance.State.choices)
    minutes = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_MINUTES)
    was = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: object, name: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.fields["state"].widget.attrs["aria-label"] = _("Attendance of %(name)s") % {"name": name}
        self.fields["minutes"].widget.attrs["aria-label"] = _("Minutes of %(name)s") % {"name": name}

    @property
    def is_changed(self) -> bool:
        return bool(
            shown(self.cleaned_data["state"], self.cleaned_data["minutes"]) != self.cleaned_data["was"]
        )


def shown(state: str, minutes: int | None) -> str:
    return f"{state}:{'' if minutes is None else minutes}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person at the session."""

    registration: Registration
    attendance: Attendance | None
    form: NoteForm

    @property
    def source(self) -> str:
        return str(self.attendance.get_source_display()) if self.attendance else ""


def people(session: Session, query: QueryDict) -> RegistrationQuerySet:
    """Return the registrations that the table shows: places held, and whoever came without one."""
    form = FilterForm(query)
    form.is_valid()
    asked = form.cleaned_data
    rows = Registration.objects.filter(
        Q(state=State.CONFIRMED) | Q(attendances__half_day=noting.HALF_DAY),
        session=session,
        participant__anonymised_at=None,
    )
    for word in (asked.get("q") or "").split():
        rows = rows.filter(named(word, path="cycle_registration__"))
    if state := asked.get("state"):
        is_unknown = Q(attendances=None) if state == Attendance.State.UNKNOWN else Q()
        rows = rows.filter(Q(attendances__half_day=1, attendances__state=state) | is_unknown)
    return _loaded(rows)


def posted(session: Session, data: QueryDict, *, most: int) -> RegistrationQuerySet:
    """Return the registrations that a posted page showed (`r<number>-was`), `most` at the most.

    Not those that its filters keep now: somebody may have been noted, or have given the place back, meanwhile.
    """
    numbers = (match[1] for name in data if (match := SHOWN.fullmatch(name)))
    shown = [int(number) for number in islice(numbers, most)]
    return _loaded(
        Registration.objects.filter(session=session, participant__anonymised_at=None, pk__in=shown)
    )


def _loaded(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    shown = names.shown("cycle_registration__")
    return (
        rows.distinct()
        .select_related("participant", "cycle_registration")
        .prefetch_related(
            Prefetch("attendances", Attendance.objects.filter(half_day=noting.HALF_DAY), to_attr="noted")
        )
        .order_by(shown["shown_sort"], shown["shown_given_sort"], "pk")
    )


def lines(found: Iterable[Registration], data: QueryDict | None = None) -> list[Row]:
    """Return the rows of a page, each with its small form."""
    made = []
    for registration in found:
        noted: list[Attendance] = registration.noted  # type: ignore[attr-defined]  # prefetched under this name
        attendance = noted[0] if noted else None
        state = attendance.state if attendance else Attendance.State.UNKNOWN.value
        minutes = attendance.minutes if attendance else None
        form = NoteForm(
            data,
            prefix=f"r{registration.pk}",
            name=str(registration.person),
            initial={"state": state, "minutes": minutes, "was": shown(state, minutes)},
        )
        made.append(Row(registration=registration, attendance=attendance, form=form))
    return made


def changed(rows: Iterable[Row]) -> dict[int, tuple[str, int | None]]:
    """Return what was written in the rows of a posted page; a row that the page did not carry is left alone."""
    return {
        row.registration.pk: (row.form.cleaned_data["state"], row.form.cleaned_data["minutes"])
        for row in rows
        if row.form.add_prefix("was") in row.form.data and row.form.is_valid() and row.form.is_changed
    }


def figures(session: Session, *, at: dt.datetime) -> list[str]:
    """Return how many came of how many, in words: numerator and denominator, never a bare percentage."""
    tally = noting.tallies([session.pk])[session.pk]
    counted = tally.states
    held = Registration.objects.confirmed().filter(session=session).count()
    presence = Presence(registered=held, came=tally.came, without_place=tally.came_without_place)
    results = [
        ngettext("%(came)d of %(held)d person came", "%(came)d of %(held)d people came", held)
        % {"came": presence.share.part, "held": held},
        *presence.without_place_in_words,
    ]
    if part := counted[Attendance.State.PARTIAL]:
        results.append(
            ngettext("%(count)d of them in part", "%(count)d of them in part", part) % {"count": part}
        )
    if absent := counted[Attendance.State.ABSENT]:
        results.append(ngettext("%(count)d absent", "%(count)d absent", absent) % {"count": absent})
    if excused := counted[Attendance.State.EXCUSED]:
        results.append(ngettext("%(count)d excused", "%(count)d excused", excused) % {"count": excused})
    unknown = held - tally.known
    if unknown > 0 and session.starts_at is not None and session.starts_at <= at:
        results.append(ngettext("%(count)d unknown", "%(count)d unknown", unknown) % {"count": unknown})
    return results


def header() -> list[str]:
    return [
        _("Family name"),
        _("Given name"),
        _("Email"),
        _("Organisation"),
        _("Attendance"),
        _("Minutes"),
        _("Source"),
        _("Joined at (UTC)"),
    ]


def values(session: Session, query: QueryDict) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the exports, read from the database in pieces."""
    for registration in people(session, query).iterator(chunk_size=sheets.CHUNK):
        person = registration.person
        noted: list[Attendance] = registration.noted  # type: ignore[attr-defined]  # prefetched under this name
        attendance = noted[0] if noted else None
        yield (
            person.family_name,
            person.given_name,
            addresses.shown(person.email),
            person.organisation_name,
            attendance.get_state_display() if attendance else Attendance.State.UNKNOWN.label,
            "" if attendance is None or attendance.minutes is None else attendance.minutes,
            attendance.get_source_display() if attendance else "",
            registration.joined_at or "",
        )
