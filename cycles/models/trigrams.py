"""Indexes of three-letter pieces (pg_trgm), where the database has them: for the migrations that make them.

The extension is trusted (PostgreSQL 13 and later): whoever owns the database may make it. Where that is refused, or the
database is another one, there is no index and a search reads the table, with the same results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make(schema_editor: BaseDatabaseSchemaEditor, indexes: Mapping[str, tuple[str, str]]) -> bool:
    """Make indexes, {name: (table, expression)}; return whether the database could."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return False
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    for name, (table, expression) in indexes.items():
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (({expression}) gin_trgm_ops)"
        )
    return True


def drop(schema_editor: BaseDatabaseSchemaEditor, indexes: Mapping[str, tuple[str, str]]) -> None:
    """Drop them again."""
    if schema_editor.connection.vendor == "postgresql":
        for name in indexes:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
