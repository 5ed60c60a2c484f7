"""People and organisations that nothing knows yet, made where they are first named: shown first, then ticked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cycles.content import editing
from cycles.models import Organisation, Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from django import forms

    from accounts.models import User

# What may be made in place, by the list that its field chooses from.
ADDABLE = ("people", "organisations")
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class NewName:
    """A name that is to be made with what names it."""

    listed: str
    name: str

    @property
    def value(self) -> str:
        return f"{self.listed}:{self.name}"

    def __str__(self) -> str:
        if self.listed == "people":
            return _("Add “%(name)s” as a new person") % {"name": self.name}
        return _("Add “%(name)s” as a new organisation") % {"name": self.name}


def plain_name(name: str) -> str:
    return " ".join(name.split())


def read(values: Iterable[str]) -> Iterator[NewName]:
    """Return the names that were ticked; anything else that was sent is passed over."""
    for value in values:
        listed, _colon, name = value.partition(":")
        name = plain_name(name)
        if listed in ADDABLE and 0 < len(name) <= LONGEST:
            yield NewName(listed=listed, name=name)


def asked_in(fields: Iterable[forms.BoundField], *, known: Mapping[str, Any]) -> list[NewName]:
    """Return the names in fields that none of the lists knows, each once; `known` are the lists by name."""
    result: dict[tuple[str, str], NewName] = {}
    for field in fields:
        listed = str(field.field.widget.attrs.get("list", "")).removeprefix("list-")
        name = plain_name(str(field.value() or ""))
        if listed not in ADDABLE or not name or len(name) > LONGEST:
            continue
        key = name.casefold()
        if key not in known[listed].by_key or isinstance(known[listed].by_key[key], NewName):
            result.setdefault((listed, key), NewName(listed=listed, name=name))
    return list(result.values())


def settle(values: Any, *, by: User | None, at: dt.datetime, made: dict[NewName, int] | None = None) -> Any:
    """Return what a form says with every new name made and its primary key in its place; call it in a transaction."""
    made = {} if made is None else made
    if isinstance(values, NewName):
        key = NewName(listed=values.listed, name=values.name.casefold())
        if key not in made:
            made[key] = _make(values, by=by, at=at)
        return made[key]
    if isinstance(values, dict):
        return {name: settle(value, by=by, at=at, made=made) for name, value in values.items()}
    if isinstance(values, list):
        return [settle(value, by=by, at=at, made=made) for value in values]
    return values


def _make(new: NewName, *, by: User | None, at: dt.datetime) -> int:
    if new.listed == "organisations":
        organisation = editing.create(
            Organisation, values={"name": new.name, "kind": Organisation.Kind.OTHER}, by=by, at=at
        )
        return organisation.pk
    given, _space, family = new.name.partition(" ")
    values = (
        {"given_name": given, "family_name": family} if family else {"given_name": "", "family_name": given}
    )
    return editing.create(Person, values=values, by=by, at=at).pk
