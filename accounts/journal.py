"""The journal: who did what, written in the same transaction as the act itself.

A write that says who (`by=`) is declared with `verb`, which makes it one transaction and notes it; what is no
such function (an export, a sign-in, a refusal) calls `record`. tests/test_journal.py finds the forgotten ones.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import Promise

    from .models import User

P = ParamSpec("P")
R = TypeVar("R")

KEPT = dt.timedelta(days=365)

# The words for each act, as the page of the journal shows them. `verb` adds those of the writes.
VERBS: dict[str, str | Promise] = {
    "account.enter": _("signed in"),
    "account.means": _("changed a way to sign in"),
    "access.refused": _("was refused a page"),
}
# Where to look for the programme of an object, nearest first.
_UP = ("cycle", "session", "cycle_registration", "registration")


def declare(name: str, words: str | Promise) -> str:
    """Name an act that is no write of ours (an export), so that the journal has words for it."""
    VERBS[name] = words
    return name


def verb(
    name: str,
    words: str | Promise,
    *,
    of_result: bool = False,
    detail: Callable[..., str] | None = None,
    changed: Callable[[Any, Any], bool] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a write: one transaction, and its line in the journal when somebody signed in did it.

    The function takes its object first (or returns it: `of_result`), and `by` and `at` by name. `detail` makes
    a code from the same arguments; `changed` says, from the object before and the result, whether there was
    anything to note.
    """
    declare(name, words)

    def declared(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            before = args[0] if args else None
            with transaction.atomic():
                # What the object belongs to is read first: the act may delete it.
                target = None if of_result else _named(before)
                result = function(*args, **kwargs)
                by: Any = kwargs.get("by")
                if by is not None and (changed is None or changed(before, result)):
                    at: Any = kwargs["at"]
                    _write(
                        name,
                        by=by,
                        at=at,
                        target=_named(result) if of_result else target,
                        detail=detail(*args, **kwargs) if detail else "",
                    )
            return result

        act.journal_verb = name  # type: ignore[attr-defined]  # for tests/test_journal.py
        return act

    return declared


def record(
    name: str,
    *,
    by: User | None,
    at: dt.datetime,
    target: models.Model | None = None,
    programme_id: int | None = None,
    detail: str = "",
    count: int | None = None,
) -> None:
    """Note one act that is no `verb`. Raises KeyError for a name that was never declared."""
    VERBS[name]
    kind, pk, found = _named(target)
    _write(name, by=by, at=at, target=(kind, pk, programme_id or found), detail=detail, count=count)


def _write(
    name: str,
    *,
    by: User | None,
    at: dt.datetime,
    target: tuple[str, int | None, int | None] | None,
    detail: str = "",
    count: int | None = None,
) -> None:
    kind, pk, programme_id = target or ("", None, None)
    AuditEntry.objects.create(
        at=at,
        by=by,
        verb=name,
        programme_id=programme_id,
        target_kind=kind,
        target_id=pk,
        detail=detail,
        count=count,
    )


def _named(target: Any) -> tuple[str, int | None, int | None]:
    """Return the kind and number of an object, and the number of the programme that it belongs to."""
    if not isinstance(target, models.Model) or target.pk is None:
        return "", None, None
    return target._meta.label_lower, target.pk, programme_id_of(target)


def programme_id_of(target: models.Model) -> int | None:
    """Return the number of the programme that an object belongs to, or None."""
    if target._meta.label_lower == "cycles.programme":
        return int(target.pk)
    if hasattr(target, "programme_id"):
        pk: int | None = target.programme_id
        return pk
    for name in _UP:
        parent = getattr(target, name, None)
        if isinstance(parent, models.Model):
            return programme_id_of(parent)
    return None


def purge(*, at: dt.datetime) -> int:
    """Delete what is older than twelve months; return how many lines."""
    return AuditEntry.objects.filter(at__lt=at - KEPT).delete()[0]
