"""One thing out of many, chosen by its name: the field, and the names of one kind of thing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise


class NameField(forms.CharField):
    """One thing out of many, chosen by its name from a list that the page holds once."""

    def __init__(self, *, list_id: str, unknown: str | _StrPromise, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        # A session is called by its own title and its cycle's.
        super().__init__(max_length=1000, **kwargs)
        self.widget.attrs.update({"list": list_id, "autocomplete": "off"})
        self.unknown = unknown
        self.names = Names(())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A list of names says by itself what fits: no length is repeated on each field of a heavy page."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.names.get(value, "")

    def clean(self, value: Any) -> Any:
        key = name_key(str(super().clean(value)))
        if not key:
            return None
        if key not in self.names.by_key:
            raise forms.ValidationError(self.unknown, code="unknown")
        return self.names.by_key[key]


def name_key(name: str) -> str:
    """Return what a name is known by: capitals, and spaces of any kind and number, make no difference."""
    return " ".join(name.split()).casefold()


class Names(dict[Any, str]):
    """The names of one kind of thing by primary key; two of the same name are told apart by their slug."""

    def __init__(self, rows: Iterable[tuple[Any, str, str]]) -> None:
        listed = list(rows)
        same = Counter(name_key(name) for _pk, name, _slug in listed)
        super().__init__(
            (pk, name if same[name_key(name)] == 1 else f"{name} ({slug})") for pk, name, slug in listed
        )
        self.by_key = {name_key(name): pk for pk, name in self.items()}
