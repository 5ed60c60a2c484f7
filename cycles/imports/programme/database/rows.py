"""Changing a row only where it differs from what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Field

if TYPE_CHECKING:
    from django.db.models import Model


def differences(row: Model, fields: dict[str, Any]) -> list[str]:
    """Return the names of the columns that are not yet as wanted, compared as the database stores them."""
    results = []
    for name, value in fields.items():
        column = row._meta.get_field(name)
        if column.is_relation or not isinstance(column, Field):
            is_same = getattr(row, f"{name}_id") == (value.pk if value else None)
        else:
            is_same = column.get_prep_value(getattr(row, name)) == column.get_prep_value(value)
        if not is_same:
            results.append(name)
    return results


def save_differences(row: Model, fields: dict[str, Any]) -> list[str]:
    """Write the columns that differ and return their names."""
    names = differences(row, fields)
    if names:
        for name in names:
            setattr(row, name, fields[name])
        row.save(update_fields=names)
    return names
