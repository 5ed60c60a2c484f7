"""What a browser does with an editor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation

from tests.pressing import presses

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


def go_on(client: Client, response: Any) -> Any:
    """Press the button of a page that has announced the mails of an act; anything else is returned as it is."""
    if b'name="announced"' not in response.content:
        return response
    for press in presses(response.request["PATH_INFO"], response.content.decode()):
        if "announced" in press.data:
            return client.post(press.url, press.data)
    msg = "no button of this page goes on"
    raise AssertionError(msg)


def pressed(client: Client, address: str, data: Any = None) -> Any:
    """Press a button, go on where its mails are announced first, and return the page that one is led to."""
    response = go_on(client, client.post(address, data or {}))
    return client.get(response.headers["Location"]) if "Location" in response.headers else response
