"""Taking away a whole programme, cycle or run that was begun and never came to anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CASCADE, Model
from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Cycle, Event, Module, News, Programme, Resource, Session
from cycles.questions import against_deleting_cycle
from cycles.schedule.revision import PlanningError

from .removal import REMOVABLE

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

# What is written in a programme, and may be moved to another one.
WRITTEN: tuple[type[Model], ...] = (Module, News, Resource, Event)


def why_kept(cycle: Cycle) -> list[str]:
    """Return every reason why a cycle is not deleted, in the organiser's language; none for an unused draft."""
    reasons = []
    if cycle.status != Cycle.Status.DRAFT:
        reasons.append(_("It is published: unpublish it before you delete it."))
    return [*reasons, *filter(None, against_deleting_cycle.ask(cycle))]


def why_programme_kept(programme: Programme) -> list[str]:
    """Return every reason why a programme is not deleted, in the organiser's language; none for an unused draft."""
    reasons = []
    if programme.is_published:
        reasons.append(_("It is published: unpublish it before you delete it."))
    for cycle in programme.cycles.order_by("slug"):
        reasons += [
            _("%(name)s: %(reason)s") % {"name": cycle, "reason": reason} for reason in why_kept(cycle)
        ]
    # What was written would be left without a programme, out of reach for those who wrote it.
    for model in WRITTEN:
        if count := model._default_manager.filter(programme=programme).count():
            kind = str(model._meta.verbose_name_plural)
            advice = (
                _("%(kind)s (%(count)d): delete them or move them to another programme first.")
                if model in REMOVABLE
                else _("%(kind)s (%(count)d): visitors see them; move them to another programme first.")
            )
            reasons.append(advice % {"kind": kind[:1].upper() + kind[1:], "count": count})
    return reasons


def goes_with(row: Cycle | Programme) -> list[tuple[str, int]]:
    """Return what is deleted with a cycle or a programme: (kind in the plural, how many), few queries for each kind."""
    cycles = [row.pk] if isinstance(row, Cycle) else list(row.cycles.values_list("pk", flat=True))
    found: dict[type[Model], set[Any]] = {}
    new: list[tuple[type[Model], set[Any]]] = [
        (type(row), {row.pk}),
        (Cycle, set(cycles)),
        (Session, set(Session.objects.filter(cycle__in=cycles).values_list("pk", flat=True))),
    ]
    while new:
        model, pks = new.pop(0)
        pks -= found.setdefault(model, set())
        if not pks:
            continue
        found[model] |= pks
        for relation in model._meta.related_objects:
            if relation.on_delete is CASCADE:
                part: Any = relation.related_model
                rows = part._default_manager.filter(**{f"{relation.field.name}__in": pks})
                new.append((part, set(rows.values_list("pk", flat=True))))
    return [
        (str(model._meta.verbose_name_plural), len(pks))
        for model, pks in found.items()
        if model is not type(row) and pks
    ]


def delete_cycle(cycle: Cycle, *, by: User | None, at: dt.datetime) -> None:
    """Delete a draft of a cycle with its sessions, and all that hangs on them; resources and posts stay.

    Raises PlanningError with the first of its reasons (`why_kept`).
    """
    with journal.entry("cycle.delete", cycle, by=by, at=at):
        fresh = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if reasons := why_kept(fresh):
            raise PlanningError(reasons[0])
        fresh.sessions.all().delete()
        fresh.delete()


def delete_programme(programme: Programme, *, by: User | None, at: dt.datetime) -> None:
    """Delete a draft of a programme with its drafts of cycles, its partners and its team.

    Raises PlanningError with the first of its reasons (`why_programme_kept`).
    """
    with journal.entry("programme.delete", programme, by=by, at=at):
        fresh = Programme.objects.select_for_update().get(pk=programme.pk)
        if reasons := why_programme_kept(fresh):
            raise PlanningError(reasons[0])
        for cycle in fresh.cycles.all():
            delete_cycle(cycle, by=by, at=at)
        fresh.delete()
