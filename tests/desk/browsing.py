"""What a browser does with an editor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from django.test import Client


def page(name: str, *arguments: str) -> str:
    """Return the address of a page of the desk in English."""
    with translation.override("en"):
        return reverse(f"desk:{name}", args=arguments)


def filled(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser would send from a page: every field of its editor with its value."""
    form = client.get(address).context["form"]
    data: dict[str, Any] = {"seen": form.initial.get("seen", "")}
    forms = [form]
    sets = list(form.row_sets.values())
    while sets:
        rows = sets.pop()
        data[rows.name] = [row.key for row in rows.rows]
        forms += [row.form for row in rows.rows]
        sets += [part for row in rows.rows for part in row.parts]
    for each in forms:
        for field in each:
            value = field.value()
            if field.name == "seen" or value in (None, False, ""):
                continue
            data[field.html_name] = "on" if value is True else field.field.prepare_value(value)
    return data


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
