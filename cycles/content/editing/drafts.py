"""Taking away a whole cycle, or run, that was begun and never came to anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CASCADE, Model
from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Cycle
from cycles.questions import against_deleting_cycle
from cycles.schedule.revision import PlanningError

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


def why_kept(cycle: Cycle) -> list[str]:
    """Return every reason why a cycle is not deleted, in the organiser's language; none for an unused draft."""
    reasons = []
    if cycle.status != Cycle.Status.DRAFT:
        reasons.append(_("It is published: unpublish it before you delete it."))
    return [*reasons, *filter(None, against_deleting_cycle.ask(cycle))]


def goes_with(cycle: Cycle) -> list[tuple[str, int]]:
    """Return what is deleted with a cycle: (kind in the plural, how many), a few queries for each kind."""
    found: dict[type[Model], set[Any]] = {}
    new: list[tuple[type[Model], set[Any]]] = [
        (Cycle, {cycle.pk}),
        (cycle.sessions.model, set(cycle.sessions.values_list("pk", flat=True))),
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
        if model is not Cycle and pks
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
