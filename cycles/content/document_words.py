"""What is wrong with an uploaded document, and which ones are taken, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from . import documents, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = {"jpg": "JPEG", "webp": "WebP"}


def kind(ending: str) -> str:
    """Return what a kind of document is called: PDF, ODT, JPEG."""
    return NAMES.get(ending, ending.upper())


def kinds(endings: Iterable[str] = tuple(documents.TYPES)) -> str:
    """Return the kinds of document that are taken, one after the other."""
    return ", ".join(kind(ending) for ending in endings)


def accepted(endings: Iterable[str] = tuple(documents.TYPES)) -> str:
    """Return what a field for files offers to choose from."""
    return ",".join(f".{ending}" for ending in endings)


def megabytes() -> int:
    return documents.largest() // 2**20


def size(size: int) -> str:
    """Return how large a file is, as people say it: "14 kB", "2.3 MB"."""
    if size < 2**20:
        return _("%(size)s kB") % {"size": max(round(size / 2**10), 1)}
    return _("%(size)s MB") % {"size": number_format(size / 2**20, 1)}


def trouble(trouble: documents.Trouble, *, endings: Iterable[str] = tuple(documents.TYPES)) -> str:
    """Return what is wrong with a document, and what to do."""
    return {
        documents.Trouble.TOO_LARGE: _(
            "This file is larger than %(limit)d MB: save it as PDF, with smaller pictures."
        )
        % {"limit": megabytes()},
        documents.Trouble.NOT_TAKEN: _(
            "This file is none of those that are taken, whatever its name says: choose one of %(kinds)s."
        )
        % {"kinds": kinds(endings)},
        documents.Trouble.MARKUP: _(
            "This file is a web page or a drawing (HTML, SVG, XML), which could run a script: save it as PDF."
        ),
        documents.Trouble.OLD: _(
            "This file is in an old format of Office (.doc, .xls, .ppt) or asks for a password: save it in the new "
            "format without a password, or as PDF."
        ),
        documents.Trouble.MACROS: _("This file holds a program (macros): save it without, or as PDF."),
        documents.Trouble.SCRIPT: _(
            "This PDF holds a script, or starts a program: print it to a new PDF, and choose that one."
        ),
        documents.Trouble.PIXELS: _(
            "This picture has too many pixels: %(limit)d million at most. Make it smaller first."
        )
        % {"limit": pictures.MOST_KEPT_PIXELS // 1_000_000},
        documents.Trouble.BROKEN: _(
            "This file is damaged, or not complete: save it again and choose that file."
        ),
    }[trouble]
