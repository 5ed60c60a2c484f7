"""What each page of the organisers' space is for, in a few words: shown beside it, in one place for all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .help_texts.contents import CONTENTS
from .help_texts.mails import MAILS
from .help_texts.people import PEOPLE
from .help_texts.sessions import SESSIONS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By the name of the page, or how the names of several pages begin; the first that fits counts.
TEXTS: tuple[tuple[str, _StrPromise], ...] = (*MAILS, *PEOPLE, *SESSIONS, *CONTENTS)


def text(view: str) -> _StrPromise | str:
    """Return the help of a page of the desk by the name of its address; empty for what is no page of it."""
    page = view.removeprefix("desk:")
    exact = next((words for name, words in TEXTS if name == page), "")
    return exact or next((words for name, words in TEXTS if page.startswith(name)), "")
