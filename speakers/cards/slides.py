"""Slides: documents of some kinds, in a folder of their own until an organiser and their owner publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.content import documents

if TYPE_CHECKING:
    from django.http import FileResponse

    from cycles.content.documents import Document

FOLDER = "slides"
KINDS = documents.SLIDES


def read(data: bytes) -> Document:
    """Return what uploaded slides are. Raises documents.DocumentError."""
    return documents.read(data, endings=KINDS)


def keep(slides: Document) -> None:
    documents.keep(slides, folder=FOLDER)


def attached(digest: str, *, name: str) -> FileResponse:
    """Return slides to save. Raises Http404."""
    return documents.attached(digest, name=name, folder=FOLDER)
