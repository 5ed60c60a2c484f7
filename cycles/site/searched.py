"""Where the public search looks: what a page shows of a thing, beyond its title, and of the things around it.

Each place is a query of its own for one word, which an index of three-letter pieces serves on PostgreSQL; they are put
together by UNION, because OR over several tables reads all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cycles.models import (
    Cycle,
    Event,
    Module,
    News,
    Organisation,
    Person,
    Resource,
    Segment,
    Session,
    SpeakerSlot,
    Topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

# Shorter words are in too many texts to be looked for in them, and no index helps: they must be in a title.
SHORTEST = 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a word may stand: its name for the reader, its rows, and how these lead to what is looked for."""

    name: _StrPromise
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[str, ...]
    leads_to: str = "pk"

    def holding(self, word: str) -> QuerySet[Any]:
        """Return the rows that hold a word."""
        return self.rows().filter(reduce(or_, (Q(**{f"{name}__contains": word}) for name in self.columns)))


def _own(model: type[Model], name: _StrPromise, column: str = "search_page") -> Place:
    return Place(name=name, rows=model._default_manager.all, columns=(column,))


def _beside(model: type[Model], name: _StrPromise, *paths: str) -> tuple[Place, ...]:
    """Return the places of what a row names: an organisation, a theme."""
    return tuple(
        Place(name=name, rows=model._default_manager.all, columns=(f"{path}__search_title",))
        for path in paths
    )


_TEXT, _AGENDA = _("the text"), _("the agenda")
_PEOPLE, _ORGANISATIONS, _THEMES = _("the people"), _("the organisations"), _("the themes")
_AT = "segment__session"

PLACES: dict[type[Model], tuple[Place, ...]] = {
    Session: (
        _own(Session, _TEXT),
        Place(name=_AGENDA, rows=Segment.objects.all, columns=("search_page",), leads_to="session"),
        Place(
            name=_PEOPLE,
            rows=SpeakerSlot.objects.confirmed,
            columns=("person__search_title",),
            leads_to=_AT,
        ),
        Place(
            name=_ORGANISATIONS,
            rows=SpeakerSlot.objects.announced,
            columns=("organisation__search_title",),
            leads_to=_AT,
        ),
        *_beside(Session, _ORGANISATIONS, "host"),
        *_beside(Session, _THEMES, "topics"),
        Place(name=_THEMES, rows=Segment.objects.all, columns=("topic__search_title",), leads_to="session"),
        Place(
            name=_THEMES,
            rows=SpeakerSlot.objects.announced,
            columns=("illustrates__search_title",),
            leads_to=_AT,
        ),
        Place(
            name=_("the resources"),
            rows=lambda: Resource.objects.filter(is_published=True, session__isnull=False),
            columns=("search_title",),
            leads_to="session",
        ),
    ),
    Cycle: (_own(Cycle, _TEXT), *_beside(Cycle, _ORGANISATIONS, "host")),
    Module: _beside(Module, _ORGANISATIONS, "owners", "partners", "platform"),
    Resource: (
        *_beside(Resource, _ORGANISATIONS, "publishers", "partners", "coordinated_by"),
        *_beside(Resource, _THEMES, "topics"),
    ),
    News: (),
    Event: (*_beside(Event, _PEOPLE, "people"), *_beside(Event, _ORGANISATIONS, "hosts", "within")),
    Person: _beside(Person, _ORGANISATIONS, "organisation"),
    Topic: (),
    Organisation: (_own(Organisation, _TEXT),),
}


def fitting(rows: QuerySet[Any], words: Iterable[str]) -> QuerySet[Any]:
    """Keep the rows each of whose words stands in their title, or in one of their places."""
    places = PLACES[rows.model]
    for word in words:
        in_title = Q(search_title__contains=word)
        if len(word) < SHORTEST or not places:
            rows = rows.filter(in_title)
            continue
        titled = rows.model._default_manager.order_by().filter(in_title).values("pk")
        elsewhere = [place.holding(word).order_by().values(place.leads_to) for place in places]
        rows = rows.filter(pk__in=titled.union(*elsewhere, all=True))
    return rows


def found_in(rows: Sequence[Any], words: Sequence[str]) -> dict[int, list[str]]:
    """Return where the words stand that the title of a row lacks, by the row's number; one query, or none."""
    lacking = [row for row in rows if not all(word in row.search_title for word in words)]
    if not lacking:
        return {}
    places = PLACES[type(lacking[0])]
    missing = {word for row in lacking for word in words if word not in row.search_title}
    asked = {
        f"in_{n}": reduce(
            or_,
            (
                Q(Exists(place.holding(word).filter(**{place.leads_to: OuterRef("pk")})))
                for word in sorted(missing)
            ),
        )
        for n, place in enumerate(places)
    }
    marked = type(lacking[0])._default_manager.filter(pk__in=[row.pk for row in lacking]).annotate(**asked)
    result: dict[int, list[str]] = {}
    for pk, *flags in marked.order_by().values_list("pk", *asked):
        names = [str(place.name) for place, flag in zip(places, flags, strict=True) if flag]
        result[pk] = list(dict.fromkeys(names))
    return result
