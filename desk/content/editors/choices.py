"""The lists that editors choose from: one query each, whatever their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles import access
from cycles.language import naming
from cycles.models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    News,
    Organisation,
    Person,
    Programme,
    Resource,
    ResourceSeries,
    Session,
    Territory,
    Topic,
    Workshop,
)
from cycles.models.library.news import NEWS_TARGETS
from desk.content.editors.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

NOTHING = ("", "—")


def load(wanted: Collection[str], *, user: User | AnonymousUser, row: Any = None) -> dict[str, Any]:
    """Return the lists that a form wants, by name, as far as they are someone's to choose from.

    What `row` names already stays in them, whoever put it there: saving an editor loses nothing.
    """
    return {name: LOADERS[name](user, row) for name in wanted}


def _organisations(_user: object, _row: object) -> Names:
    return Names(Organisation.objects.values_list("pk", "name", "slug"))


def _people(_user: object, _row: object) -> Names:
    return Names((p.pk, str(p), p.slug) for p in Person.objects.all())


def _topics(_user: object, _row: object) -> Names:
    return Names((t.pk, str(t), t.slug) for t in Topic.objects.all())


def _territories(_user: object, _row: object) -> Names:
    return Names((t.pk, str(t), t.slug) for t in Territory.objects.all())


def _programmes(user: User | AnonymousUser, row: Any) -> list[tuple[Any, str]]:
    theirs = access.programmes(user, right=access.Right.PLAN).distinct()
    here = getattr(row, "programme", None)
    if here is not None:
        theirs = theirs.filter(_reached(user, here))
    # What belongs to no programme is the site administrators', or a session's.
    is_free = row is not None and getattr(row, "programme_id", 0) is None
    nothing = [NOTHING] if is_free or (user.is_authenticated and user.is_superuser) else []
    return [*nothing, *((p.pk, str(p)) for p in theirs)]


def _reached(user: User | AnonymousUser, programme: Programme, *, path: str = "") -> Q:
    """Keep a programme, and those to which someone may move what belongs to it (by the path to the programme)."""
    owned = access.programmes(user, right=access.Right.MOVE)
    elsewhere = Q(**{f"{path or 'pk'}__in": owned.values("pk")}) & Q(Exists(owned.filter(pk=programme.pk)))
    return Q(**{path or "pk": programme.pk}) | elsewhere


def _modules(user: User | AnonymousUser, row: object) -> list[tuple[Any, str]]:
    modules = access.content(user, Module)
    here = access.programme_of(row)
    if isinstance(row, Workshop) and here is not None:
        modules = modules.filter(_reached(user, here, path="programme"))
    return [(m.pk, str(m)) for m in modules]


def _sessions(user: User | AnonymousUser, row: Any) -> Names:
    return _planned(user, named=_named(row)["session"])


def _planned(user: User | AnonymousUser, *, named: Collection[int]) -> Names:
    """Return the sessions that someone plans: what is written beside one stands on its page."""
    theirs = access.cycles(user, right=access.Right.PLAN)
    rows = Session.objects.filter(Q(cycle__in=theirs) | Q(pk__in=named)).select_related("cycle")
    return Names((s.pk, _session_name(s), f"{s.cycle.slug}/{s.slug}") for s in rows)


def _session_name(session: Session) -> str:
    return f"{naming.session_title(session)} ({naming.cycle_short_title(session.cycle)})"


def _named(row: Any) -> dict[str, set[int]]:
    """Return what a thing names already, by column; none for a new one."""
    result: dict[str, set[int]] = {name: set() for name in NEWS_TARGETS}
    if isinstance(row, News):
        for link in row.links.all():
            for name in NEWS_TARGETS:
                if (pk := getattr(link, f"{name}_id")) is not None:
                    result[name].add(pk)
    elif isinstance(row, Resource) and row.session_id is not None:
        result["session"].add(row.session_id)
    return result


# What a post may be about or announce, by column, with how it is told apart from others of the same name.
TARGETS: dict[str, tuple[Any, Any]] = {
    "programme": (Programme, gettext_lazy("programme")),
    "cycle": (Cycle, gettext_lazy("cycle")),
    "module": (Module, gettext_lazy("training module")),
    "workshop": (Workshop, gettext_lazy("workshop")),
    "resource": (Resource, gettext_lazy("resource")),
    "event": (Event, gettext_lazy("event")),
    "external_database": (ExternalDatabase, gettext_lazy("external database")),
}


def _targets(user: User | AnonymousUser, row: Any) -> Names:
    """Return everything that a post may name, by (column, primary key)."""
    named = _named(row)
    results = [
        (("session", pk), name, str(pk)) for pk, name in _planned(user, named=named["session"]).items()
    ]
    for column, (model, word) in TARGETS.items():
        results += [
            ((column, each.pk), _("%(name)s (%(kind)s)") % {"name": each, "kind": word}, each.slug)
            for each in _offered(user, model, named=named[column])
        ]
    return Names(results)


def _offered(user: User | AnonymousUser, model: Any, *, named: Collection[int]) -> Any:
    """Return what of a kind someone may write, or everybody reads; of cycles only the first."""
    if model in (Event, ExternalDatabase):
        # Nobody's drafts: these are public from the first.
        return model.objects.all()
    kept = Q(pk__in=access.content(user, model).values("pk")) | Q(pk__in=named)
    return model.objects.filter(
        kept if model is Cycle else kept | Q(pk__in=model.objects.published().values("pk"))
    )


def _events(_user: object, _row: object) -> Names:
    return Names((e.pk, str(e), e.slug) for e in Event.objects.all())


def _series(_user: object, _row: object) -> Names:
    return Names((s.pk, str(s), s.slug) for s in ResourceSeries.objects.all())


def _cycles(user: User | AnonymousUser, row: Any) -> Names:
    named = [pk for name in ("follows_id", "concludes_id") if (pk := getattr(row, name, None)) is not None]
    rows = Cycle.objects.filter(Q(pk__in=access.cycles(user).values("pk")) | Q(pk__in=named))
    return Names((c.pk, str(c), c.slug) for c in rows if row is None or c != row)


def _kinds(_user: object, row: Any) -> list[tuple[Any, Any]]:
    """Return the kinds that a cycle may become: a run is opened from its module, and stays one."""
    is_run = row is not None and row.is_run
    return [(value, label) for value, label in Cycle.Kind.choices if (value == Cycle.Kind.RUN) == is_run]


def _resources(user: User | AnonymousUser, row: Any) -> Names:
    named = Q(pk=getattr(row, "version_of_id", None))
    rows = Resource.objects.filter(Q(pk__in=access.content(user, Resource).values("pk")) | named)
    return Names((r.pk, str(r), r.slug) for r in rows if row is None or r != row)


def _tracks(_user: object, row: Any) -> list[tuple[Any, str]]:
    """Return the reading paths of the cycle of a session."""
    return [NOTHING, *((t.pk, str(t)) for t in row.cycle.tracks.all())] if row is not None else [NOTHING]


LOADERS: dict[str, Callable[[Any, Any], Any]] = {
    "organisations": _organisations,
    "people": _people,
    "topics": _topics,
    "territories": _territories,
    "programmes": _programmes,
    "modules": _modules,
    "sessions": _sessions,
    "targets": _targets,
    "events": _events,
    "series": _series,
    "cycles": _cycles,
    "kinds": _kinds,
    "resources": _resources,
    "tracks": _tracks,
}
