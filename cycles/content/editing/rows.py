"""Ordered rows below a parent, written as a whole: kept, changed, moved, added and taken away in a few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from i18nfield.strings import LazyI18nString

from cycles.language.searching import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import Model, QuerySet

# Above every order in use: two rows exchange their places without ever sharing one.
OUT_OF_THE_WAY = 10_000


def replace(
    present: QuerySet[Any],
    wanted: Iterable[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
    *,
    identity: Sequence[str] = (),
) -> tuple[list[list[Any]], bool]:
    """Make the rows of `present` what `wanted` says, in at most five queries; return them, and whether any differed.

    `wanted` holds for each parent the values that point to it and its rows in order: values by column, with `pk`
    for a row that stays. A row of another parent, or one whose `identity` columns differ, is not kept but made anew.
    """
    existing = {row.pk: row for row in present}
    kept: list[Any] = []
    made: list[Any] = []
    result: list[list[Any]] = []
    names: set[str] = {"order"}
    for parent, rows in wanted:
        result.append([])
        for order, row in enumerate(rows, start=1):
            values = {**row, "order": order}
            pk = values.pop("pk", None)
            outcome = existing.pop(pk, None) if pk is not None else None
            if outcome is not None and not _is_same(outcome, {**parent, **{n: values[n] for n in identity}}):
                existing[pk] = outcome
                outcome = None
            if outcome is None:
                outcome = present.model(**parent, **values)
                made.append(outcome)
            elif not _is_same(outcome, values):
                names |= values.keys()
                for name, value in values.items():
                    setattr(outcome, name, value)
                kept.append(outcome)
            result[-1].append(outcome)
    _write(present, gone=existing, kept=kept, names=names, made=made)
    return result, bool(existing or kept or made)


def _write(
    present: QuerySet[Any],
    *,
    gone: Mapping[int, Model],
    kept: Sequence[Model],
    names: set[str],
    made: Sequence[Model],
) -> None:
    manager = present.model._default_manager
    if gone:
        manager.filter(pk__in=gone).delete()
    if kept:
        manager.filter(pk__in=[row.pk for row in kept]).update(order=F("order") + OUT_OF_THE_WAY)
        manager.bulk_update(kept, sorted(names | refresh(kept, names)))
    if made:
        manager.bulk_create(made)


def _is_same(row: Model, values: Mapping[str, Any]) -> bool:
    return all(said(getattr(row, name)) == said(value) for name, value in values.items())


def said(value: Any) -> Any:
    """Return a value as an editor shows it: a text by language, in whichever of its forms it is stored."""
    if not isinstance(value, LazyI18nString):
        return value
    if isinstance(value.data, dict):
        return {code: text for code, text in value.data.items() if text}
    return {code: str(value.data) for code, _name in settings.LANGUAGES} if value.data else {}
