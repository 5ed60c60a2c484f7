"""Colleagues whom somebody registers along with themselves: a name and an address a line, as people write them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.addresses.form_fields import AddressField
from registrations.pages.form.fields import NameField
from registrations.tables import mailboxes
from registrations.tables.reading import TableError

if TYPE_CHECKING:
    from registrations.tables.mailboxes import Box

MOST = 10
LONGEST_NAME = 120


def read(text: str) -> tuple[list[Box], list[str]]:
    """Return the people of a list, and what is wrong with it in words, each with its line."""
    if not text.strip():
        return [], []
    try:
        boxes = mailboxes.read(text, most=MOST)
    except TableError:
        return [], [_("%(most)d colleagues at a time: send the form again for the others.") % {"most": MOST}]
    if not boxes:
        return [], [_unread(text)]
    results: list[Box] = []
    problems: list[str] = []
    for box in boxes:
        try:
            results.append(_checked(box))
        except ValidationError as error:
            problem = {"number": box.number, "message": " ".join(error.messages)}
            problems.append(_("Line %(number)d: %(message)s") % problem)
    return results, problems


def _unread(text: str) -> str:
    """Say how a colleague is written, and which line is not, where that can be told."""
    lines = enumerate(text.splitlines(), start=1)
    numbers = [number for number, line in lines if line.strip() and not mailboxes.read(line, most=MOST)]
    example = _("Write one colleague a line, like this: Zoé Petit zoe@example.org")
    if not numbers:
        return example
    return _("Line %(number)d: %(message)s") % {"number": numbers[0], "message": example}


def _checked(box: Box) -> Box:
    """Return a colleague with an address and a name that the form itself would take. Raises ValidationError."""
    address = AddressField().clean(box.address)
    name = NameField(max_length=LONGEST_NAME, required=False).clean(box.name)
    if not name:
        raise ValidationError(_("write the name beside the address."))
    return dataclasses.replace(box, address=address, name=name)
