"""What the field says in which an organiser writes how long a place is held for whoever it is offered to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts import periods

if TYPE_CHECKING:
    from django.utils.functional import Promise

EXAMPLE = 48


def _help() -> str:
    words = _(
        "Empty: the first who waits has it straight away. With %(hours)d, it is held for them for %(length)s, then "
        "goes to the next."
    )
    return words % {"hours": EXAMPLE, "length": periods.in_words(dt.timedelta(hours=EXAMPLE))}


def help_text() -> str | Promise:
    """Return the help of the field, in the reader's language."""
    return lazy(_help, str)()
