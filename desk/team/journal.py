"""The journal of a programme as a table: who did what, found by filters that live in the address, and as CSV."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.alphabet import sort_key
from accounts.collation import alphabetical
from accounts.journal_verbs import VERBS
from accounts.models import AuditEntry, User
from cycles.language import naming
from cycles.models import Cycle, Membership, Programme, Session
from desk.ui.forms.fields import date_field
from desk.ui.tables import sheets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.models import QuerySet
    from django.http import QueryDict

ROLES = dict(Membership.Role.choices)
# Django's own catalogue knows "session" as something else.
KINDS = {"cycles.session": pgettext_lazy("one meeting", "session")}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line in words. `who` is empty for an account that is gone; `what_about` may only be a number."""

    at: dt.datetime
    who: str
    verb: str
    what_about: str
    detail: str
    count: int | None


class FilterForm(forms.Form):
    """The filters of the table. A value that is not known is left out: an old address still works."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = date_field(label=gettext_lazy("From"), required=False)
    until = date_field(label=gettext_lazy("Until"), required=False)

    def __init__(self, data: QueryDict, *, programme: Programme) -> None:
        super().__init__(data)
        acted = AuditEntry.objects.filter(programme_id=programme.pk).values("by")
        people = User.objects.filter(pk__in=acted) | User.objects.filter(memberships__programme=programme)
        self.members = {user.pk: user for user in people.distinct().order_by(alphabetical("name"), "email")}
        all_of_them = ("", _("All"))
        names = [(str(pk), str(user)) for pk, user in self.members.items()]
        verbs = sorted(
            ((name, str(words)) for name, words in VERBS.items()), key=lambda pair: sort_key(pair[1])
        )
        self.fields["who"] = forms.ChoiceField(
            label=gettext_lazy("Who"), required=False, choices=[all_of_them, *names]
        )
        self.fields["verb"] = forms.ChoiceField(
            label=gettext_lazy("What"), required=False, choices=[all_of_them, *verbs]
        )


def entries(programme: Programme, form: FilterForm) -> QuerySet[AuditEntry]:
    """Return the lines of a programme that the filters keep, newest first; days are those of the site's zone."""
    form.is_valid()
    asked = form.cleaned_data
    members = Membership.objects.filter(programme=programme).values_list("user_id", flat=True)
    rows = AuditEntry.objects.of_programme(programme.pk, members=list(members)).select_related("by")
    if who := asked.get("who"):
        rows = rows.filter(by_id=who)
    if verb := asked.get("verb"):
        rows = rows.filter(verb=verb)
    if since := asked.get("since"):
        rows = rows.filter(at__gte=_midnight(since))
    if until := asked.get("until"):
        rows = rows.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def lines(rows: Collection[AuditEntry]) -> list[Line]:
    """Return lines in words; objects are read a kind at a time, whatever their number."""
    names = _names(rows)
    return [
        Line(
            at=row.at,
            who=str(row.by or ""),
            verb=str(VERBS.get(row.verb, row.verb)),
            what_about=_about(row, names),
            detail=str(ROLES.get(row.detail, row.detail)),
            count=row.count,
        )
        for row in rows
    ]


def _names(rows: Collection[AuditEntry]) -> dict[tuple[str, int], str]:
    """Return what the public objects are called. People's are numbers here: they may have been erased."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.target_id is not None:
            wanted.setdefault(row.target_kind, set()).add(row.target_id)
    names: dict[tuple[str, int], str] = {}
    for session in Session.objects.filter(pk__in=wanted.get("cycles.session", ())).select_related("cycle"):
        names["cycles.session", session.pk] = f"{session.cycle} · {naming.session_label(session)}"
    for cycle in Cycle.objects.filter(pk__in=wanted.get("cycles.cycle", ())):
        names["cycles.cycle", cycle.pk] = str(cycle)
    for programme in Programme.objects.filter(pk__in=wanted.get("cycles.programme", ())):
        names["cycles.programme", programme.pk] = str(programme)
    return names


def _about(row: AuditEntry, names: dict[tuple[str, int], str]) -> str:
    if row.target_id is None or row.target_kind == "accounts.user":
        return ""
    name = names.get((row.target_kind, row.target_id))
    if name:
        return name
    try:
        kind = KINDS.get(row.target_kind) or apps.get_model(row.target_kind)._meta.verbose_name
    except (LookupError, ValueError):
        # A kind of another version, or none that Django can read.
        kind = row.target_kind
    return _("%(kind)s no. %(number)d") % {"kind": kind, "number": row.target_id}


def header() -> list[str]:
    return [
        _("When (UTC)"),
        _("Account no."),
        _("Who"),
        _("Code"),
        _("What"),
        _("Kind"),
        _("Number"),
        _("Detail"),
        _("How many"),
    ]


def values(programme: Programme, form: FilterForm) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the export with the codes of the journal, read from the database in pieces."""
    for row in entries(programme, form).iterator(chunk_size=sheets.CHUNK):
        yield (
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            row.by_id or "",
            row.by or "",
            row.verb,
            VERBS.get(row.verb, ""),
            row.target_kind,
            row.target_id or "",
            row.detail,
            "" if row.count is None else row.count,
        )
