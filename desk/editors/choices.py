"""The lists that editors choose from: one query each, whatever their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles import access, naming
from cycles.models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    Organisation,
    Person,
    Programme,
    Resource,
    Session,
    Territory,
    Topic,
    Workshop,
)

from .fields import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

NOTHING = ("", "—")


def load(wanted: Collection[str], *, user: User | AnonymousUser) -> dict[str, Any]:
    """Return the lists that a form wants, by name, as far as they are someone's to choose from."""
    return {name: LOADERS[name](user) for name in wanted}


def _organisations(_user: object) -> Names:
    return Names(Organisation.objects.values_list("pk", "name", "slug"))


def _people(_user: object) -> Names:
    return Names((p.pk, str(p), p.slug) for p in Person.objects.all())


def _topics(_user: object) -> Names:
    return Names((t.pk, str(t), t.slug) for t in Topic.objects.all())


def _territories(_user: object) -> Names:
    return Names((t.pk, str(t), t.slug) for t in Territory.objects.all())


def _programmes(user: User | AnonymousUser) -> list[tuple[Any, str]]:
    theirs = access.programmes(user, right=access.Right.PLAN).distinct()
    # What belongs to no programme is the site administrators'.
    nothing = [NOTHING] if user.is_authenticated and user.is_superuser else []
    return [*nothing, *((p.pk, str(p)) for p in theirs)]


def _modules(user: User | AnonymousUser) -> list[tuple[Any, str]]:
    return [(m.pk, str(m)) for m in access.content(user, Module)]


def _sessions(user: User | AnonymousUser) -> Names:
    rows = Session.objects.filter(cycle__in=access.cycles(user)).select_related("cycle")
    return Names((s.pk, _session_name(s), s.slug) for s in rows)


def _session_name(session: Session) -> str:
    return f"{naming.session_title(session)} ({naming.cycle_short_title(session.cycle)})"


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


def _targets(user: User | AnonymousUser) -> Names:
    """Return everything that a post may name, by (column, primary key)."""
    found = [(("session", pk), name, str(pk)) for pk, name in _sessions(user).items()]
    for column, (model, word) in TARGETS.items():
        found += [
            ((column, row.pk), _("%(name)s (%(kind)s)") % {"name": row, "kind": word}, row.slug)
            for row in model.objects.all()
        ]
    return Names(found)


LOADERS: dict[str, Callable[[Any], Any]] = {
    "organisations": _organisations,
    "people": _people,
    "topics": _topics,
    "territories": _territories,
    "programmes": _programmes,
    "modules": _modules,
    "sessions": _sessions,
    "targets": _targets,
}
