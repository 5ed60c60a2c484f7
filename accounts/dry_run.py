"""A write looked at before it is made: the verb itself runs, what it did is read, and everything is taken back."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
WRITE = re.compile(r'(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "(\w+)"')
# One row of values beside another in a statement that inserts several.
NEXT_ROW = "), ("


@dataclass(frozen=True, kw_only=True)
class Effects(Generic[T]):
    """What a write would do: what it returns, and how many rows of each table it creates, changes and deletes."""

    result: T
    created: Counter[str]
    changed: Counter[str]
    deleted: Counter[str]


def dry_run(verb: Callable[[], T]) -> Effects[T]:
    """Run a write and take all of it back; return its effects.

    What the verb raises passes through. What it would do after commit is forgotten, so nothing is sent and no worker is
    woken; its line in the journal goes as well. Its locks are held until it returns: hand over the verb and what is to
    be read of its result, and nothing else. Objects that it returns are as it left them, and are saved nowhere.
    """
    rows = _Rows()
    with transaction.atomic():
        with connection.execute_wrapper(rows):
            result = verb()
        transaction.set_rollback(True)
    return Effects(result=result, created=rows.created, changed=rows.changed, deleted=rows.deleted)


@dataclass
class _Rows:
    """Counts the rows that statements touch, by table."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: dict[str, Any]
    ) -> Any:
        result = execute(sql, params, many, context)
        if match := WRITE.match(sql):
            verb = {"I": self.created, "U": self.changed, "D": self.deleted}[sql[0]]
            if connection.vendor == "sqlite" and " RETURNING " in sql:
                # SQLite counts these only once they have been read; PostgreSQL may be given the rows as arrays.
                verb[match[1]] += sql.count(NEXT_ROW) + 1
            else:
                verb[match[1]] += max(context["cursor"].rowcount, 0)
        return result
