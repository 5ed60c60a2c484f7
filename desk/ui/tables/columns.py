"""Which column of a file is which: the columns that were seen, each with a choice of what it holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict
    from django.utils.functional import Promise

    from registrations.tables.headings import Column

MOST = 60
LONGEST_SAMPLE = 60


@dataclass(frozen=True, kw_only=True)
class ColumnField:
    """A column, and what it is taken for: `options` are (value, words, whether chosen)."""

    name: str
    heading: str
    sample: str
    options: tuple[tuple[str, str | Promise, bool], ...]


class ColumnFields:
    """The choices of the columns of one file, as they were recognised and then as an organiser says.

    `also` are what a column may be recognised as without being among the `roles` to choose from, each with the choice
    that stands for it.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        roles: Mapping[str, str | Promise],
        also: Mapping[str, str],
        data: Mapping[str, object] | QueryDict | None,
    ) -> None:
        self.roles, self.also = roles, also
        # The first column of a heading counts.
        self.columns = list({column.key: column for column in reversed(columns)}.values())[::-1][:MOST]
        self.data = data or {}

    def _name(self, column: Column) -> str:
        """Return a name by the heading: what was said of one file's columns is not said of the next one's."""
        return f"column-{hashlib.sha256(column.key.encode()).hexdigest()[:12]}"

    def _read_as(self, role: str) -> str:
        return self.also.get(role, role)

    @property
    def chosen(self) -> dict[str, str]:
        """Return {plain heading: role} of what was changed; an empty role leaves the column out."""
        result = {}
        for column in self.columns:
            outcome = self.data.get(self._name(column))
            if (
                outcome is None
                or outcome == self._read_as(column.role)
                or not (outcome == "" or outcome in self.roles)
            ):
                continue
            result[column.key] = str(outcome)
        return result

    @property
    def fields(self) -> list[ColumnField]:
        chosen = self.chosen
        results = []
        for column in self.columns:
            now = chosen.get(column.key, self._read_as(column.role))
            options = tuple((value, words, value == now) for value, words in self.roles.items())
            sample = column.sample
            results.append(
                ColumnField(
                    name=self._name(column),
                    heading=column.heading,
                    sample=sample if len(sample) <= LONGEST_SAMPLE else f"{sample[:LONGEST_SAMPLE]}…",
                    options=options,
                )
            )
        return results
