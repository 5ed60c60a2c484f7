"""What somebody typed into a form, for a page that keeps it and sends it again: nothing of it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import QueryDict

# Of the page that was sent, not of who sent it: the page that keeps the rest has its own.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def kept_fields(sent: QueryDict, *, besides: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return every field of a form with its value, in the order in which they were sent."""
    return [
        (name, value)
        for name, values in sent.lists()
        if name != TOKEN and name not in besides
        for value in values
    ]
