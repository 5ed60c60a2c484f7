"""The order of the alphabet in queries: `order_by(alphabetical("family_name"), "pk")` (docs/decisions/0185)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Func, TextField
from django.utils.deconstruct import deconstructible

from .alphabet import sort_key

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Combinable
    from django.db.models.sql.compiler import SQLCompiler

SQLITE_NAME = "escale_sort_key"


@deconstructible(path="accounts.collation.Alphabetical")
class Alphabetical(Func):
    """A text as people sort it: by ICU's root collation in PostgreSQL, by `alphabet.sort_key` in SQLite."""

    arity = 1
    output_field = TextField()

    def as_sql(  # type: ignore[override]  # neither has use for Func's templates
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any
    ) -> Any:
        sql, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "sqlite":
            return f"{SQLITE_NAME}({sql})", parameters
        return f'({sql}) COLLATE "und-x-icu"', parameters


def alphabetical(text: str | Combinable) -> Alphabetical:
    """Return the expression that sorts a column, or an expression of text, as people do."""
    return Alphabetical(text)


def teach(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Give a new connection to SQLite the function that sorts (receiver of connection_created)."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            SQLITE_NAME, 1, lambda text: None if text is None else sort_key(str(text)), deterministic=True
        )
