"""Ordered rows in a form: each has a key, and the order of the keys is the order of the rows.

A hidden field `objectives` is repeated with the key of each row; the fields of row "p7" are `objectives-p7-text_fr`…
The buttons that add, move and take away are submit buttons (`do` = "add:objectives", "up:objectives:p7"): the form
comes back with everything that was written, reordered, and nothing saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from cycles.content import editing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

# What a form may hold, and how much of what is sent is looked at to say that it is too much.
MOST_ROWS = editing.AGENDA_LIMIT
MOST_KEYS = 5 * MOST_ROWS
KEY = re.compile(r"[pn]\d{1,9}")


class RowForm(forms.Form):
    """One row. Left empty, it counts for nothing."""

    # What a new row already holds: a list that always has a first choice does not make a row.
    never_empty: tuple[str, ...] = ()
    # What few rows need: it stands folded below the rest, under `more_title`.
    more: ClassVar[tuple[str, ...]] = ()
    more_title: ClassVar[str | _StrPromise] = ""

    @property
    def short(self) -> str:
        """What the row says in a few words, while it is folded."""
        return ""

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {*self.more, *self.word_fields}]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.more if name in self.fields]

    @property
    def word_fields(self) -> frozenset[str]:
        """The fields that stand once a language, which the page sets side by side."""
        return frozenset()

    @property
    def has_wrong_more(self) -> bool:
        """Tell whether something is wrong in what is folded."""
        named = {field.name for field in self.more_fields}
        named |= {name for name in self.word_fields if name.rpartition("_")[0] in self.more}
        return any(name in self.errors for name in named)

    @property
    def written_fields(self) -> list[tuple[str, str]]:
        """Return (name, value) of what is written, for a page that carries the row without showing its fields."""
        return [
            (field.html_name, str(value))
            for field in self
            if (value := field.value()) not in (None, "", False)
        ]

    @property
    def is_blank(self) -> bool:
        return not any(
            field.value() not in (None, "", False)
            for field in self
            if field.name not in self.never_empty and not field.is_hidden
        )

    def leave_unchecked(self) -> None:
        """Show what was written without judging it."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def values(self) -> dict[str, Any]:
        """Return what is written, by column."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as it stands in the page."""

    key: str
    prefix: str
    form: RowForm
    number: int
    is_first: bool
    is_last: bool
    parts: tuple[RowSet, ...] = ()
    is_folded: bool = False

    @property
    def inside(self) -> str:
        """What the rows inside say in a few words."""
        return ", ".join(row.form.short for part in self.parts for row in part.rows if row.form.short)

    @property
    def is_wrong(self) -> bool:
        return bool(self.form.errors) or any(row.is_wrong for part in self.parts for row in part.rows)

    @property
    def pk(self) -> int | None:
        """The row that it stands for; None for a new one."""
        return int(self.key[1:]) if self.key.startswith("p") else None


@dataclass(frozen=True, kw_only=True)
class RowKind:
    """What rows of one kind are called, and what each asks for."""

    name: str
    form: type[RowForm]
    title: str | _StrPromise
    row_title: str | _StrPromise
    add: str | _StrPromise
    parts: tuple[RowKind, ...] = ()
    # Rows of which each is long show one line each, and unfold.
    is_folded: bool = False


class RowSet:
    """The rows of one kind in a form, in their order."""

    def __init__(
        self,
        kind: RowKind,
        *,
        name: str,
        data: QueryDict | None,
        initial: Iterable[Mapping[str, Any]],
        choices: Mapping[str, Any],
    ) -> None:
        self.kind = kind
        self.name = name
        self.is_bound = data is not None
        values = {f"p{row['pk']}": row for row in initial if row.get("pk")}
        keys = list(values) if data is None else keys_of(data, name)
        self.rows = [
            self._row(key, number, len(keys), data=data, initial=values.get(key, {}), choices=choices)
            for number, key in enumerate(keys, start=1)
        ]
        if self.is_bound:
            for row in self.rows:
                if _is_empty(row):
                    # It counts for nothing, so nothing is missing in it.
                    row.form.leave_unchecked()

    def _row(
        self,
        key: str,
        number: int,
        count: int,
        *,
        data: QueryDict | None,
        initial: Mapping[str, Any],
        choices: Mapping[str, Any],
    ) -> Row:
        prefix = f"{self.name}-{key}"
        if data is not None and not any(name.startswith(f"{prefix}-") for name in data):
            # It was added a moment ago: it begins as a new row does, with the choices that most take.
            data = None
        parts = tuple(
            RowSet(
                part,
                name=f"{prefix}-{part.name}",
                data=data,
                initial=initial.get(part.name, ()),
                choices=choices,
            )
            for part in self.kind.parts
        )
        return Row(
            key=key,
            prefix=prefix,
            form=self.kind.form(
                data, prefix=prefix, initial=dict(initial), **_wanted(self.kind.form, choices)
            ),
            number=number,
            is_first=number == 1,
            is_last=number == count,
            parts=parts,
            is_folded=self.kind.is_folded,
        )

    def unfolded(self, focus: str, *, before: Collection[str]) -> set[str]:
        """Return the prefixes of the rows whose fields show, those inside an open one among them.

        They are the new ones, those unfolded before or that `focus` is in, those with an error, and the only one.
        """
        result = {
            row.prefix
            for row in self.rows
            if row.key.startswith("n")
            or row.prefix in before
            or row.prefix == focus
            or focus.startswith(f"{row.prefix}-")
            or row.is_wrong
            or len(self.rows) == 1
        }
        for row in self.rows:
            if row.prefix in result:
                result |= {each for part in row.parts for each in part.unfolded(focus, before=before)}
        return result

    def is_valid(self) -> bool:
        # Every row is asked, not only up to the first error: all of them show.
        wrong = [row for row in self.filled() if not row.form.is_valid()]
        parts = [part for row in self.rows for part in row.parts if not part.is_valid()]
        return not wrong and not parts and not self.is_too_long

    @property
    def is_too_long(self) -> bool:
        return len(self.filled()) > MOST_ROWS

    def filled(self) -> list[Row]:
        return [row for row in self.rows if not _is_empty(row)]

    def errors(self) -> list[tuple[str, str, str]]:
        """Return (address of the field, what it is called, what is wrong) for each error."""
        results = []
        if self.is_too_long:
            result = _("That is too much: %(limit)d at most.") % {"limit": MOST_ROWS}
            results.append((self.name, str(self.kind.title), result))
        for row in self.filled():
            for field in row.form:
                label = f"{self.kind.row_title} {row.number} · {field.label}"
                results += [(field.id_for_label, label, str(error)) for error in field.errors]
            results += [
                (row.prefix, f"{self.kind.row_title} {row.number}", str(error))
                for error in row.form.non_field_errors()
            ]
            for part in row.parts:
                results += part.errors()
        return results

    def values_if_valid(self) -> list[dict[str, Any]]:
        """Return the rows for a rule of the whole form: none while one of them is wrong."""
        return self.values() if self.is_valid() else []

    def values(self) -> list[dict[str, Any]]:
        """Return the rows in order, by column, with `pk` for those that stay, and their own rows by name."""
        return [
            {
                **({"pk": row.pk} if row.pk else {}),
                **row.form.values(),
                **{part.kind.name: part.values() for part in row.parts},
            }
            for row in self.filled()
        ]


def _is_empty(row: Row) -> bool:
    return row.form.is_blank and not any(part.filled() for part in row.parts)


def _wanted(form: type[RowForm], choices: Mapping[str, Any]) -> dict[str, Any]:
    return {name: choices[name] for name in getattr(form, "wants", ())}


def keys_of(data: QueryDict, name: str) -> list[str]:
    """Return the keys of the rows in a form, each once."""
    return [key for key in dict.fromkeys(data.getlist(name)) if KEY.fullmatch(key)][:MOST_KEYS]


def reshaped(data: QueryDict, action: str) -> tuple[QueryDict, str]:
    """Return the form after a button, and the id of the element to go to (empty: nothing was done).

    `action` is "add:NAME", or "up:NAME:KEY", and so "down", "remove", "unfold".
    """
    verb, _colon, rest = action.partition(":")
    name, _colon, key = rest.partition(":")
    keys = keys_of(data, name)
    if verb == "add":
        number = 1 + max(
            (int(k[1:]) for k in data.getlist(name) if KEY.fullmatch(k) and k[0] == "n"), default=0
        )
        key = f"n{number}"
        keys.append(key)
    elif key not in keys:
        return data, ""
    elif verb == "remove":
        keys.remove(key)
        key = ""
    elif verb in ("up", "down"):
        _exchange(keys, key, -1 if verb == "up" else 1)
    elif verb == "unfold":
        pass  # where the page goes to is shown unfolded
    else:
        return data, ""
    changed = data.copy()
    changed.setlist(name, keys)
    return changed, f"{name}-{key}" if key else name


def _exchange(keys: list[str], key: str, step: int) -> None:
    here = keys.index(key)
    there = here + step
    if 0 <= there < len(keys):
        keys[here], keys[there] = keys[there], keys[here]


def unfolded(sets: Sequence[RowSet]) -> list[RowSet]:
    """Return row sets and the row sets within their rows."""
    return [each for s in sets for each in (s, *unfolded([p for row in s.rows for p in row.parts]))]
