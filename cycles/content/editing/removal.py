"""Taking away what was written and never used: a draft, or a name that nothing names any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import (
    Module,
    News,
    NewsLink,
    Organisation,
    Person,
    Picture,
    Resource,
    ResourceFile,
    Territory,
    Topic,
    Workshop,
)
from cycles.schedule.revision import PlanningError

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

Removable = News | Module | Workshop | Resource | Organisation | Person | Topic | Territory
# Programmes and cycles are not among them: people count on what they hold. They have verbs of their own (drafts.py).
REMOVABLE: tuple[type, ...] = Removable.__args__
# What is a thing's own, and goes with it.
PARTS = {(NewsLink, "news"), (Picture, "news"), (Picture, "organisation"), (ResourceFile, "resource")}


def references(row: Removable) -> list[tuple[str, int]]:
    """Return what names a thing: (kind in the plural, how many), a query for each kind that could."""
    result: dict[str, int] = {}
    for relation in row._meta.related_objects:
        model: Any = relation.related_model
        if (model, relation.field.name) not in PARTS:
            kind = str(model._meta.verbose_name_plural)
            count = model._default_manager.filter(**{relation.field.name: row}).count()
            result[kind] = result.get(kind, 0) + count
    return [(kind, count) for kind, count in result.items() if count]


def delete(row: Removable, *, by: User | None, at: dt.datetime) -> None:
    """Delete a draft, or a name; its own links, picture and file go with it.

    Raises PlanningError for what is published, and for what something else names.
    """
    with journal.entry("content.delete", row, by=by, at=at):
        fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if getattr(fresh, "is_published", False):
            raise PlanningError(_("Visitors read it: make it a draft again before you delete it."))
        if references(fresh):
            raise PlanningError(_("Something else names it: take it away there first."))
        fresh.delete()
