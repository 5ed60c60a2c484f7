"""Photos of people: made anew as every picture is (docs/decisions/0071), and never kept by a cache for long.

What is kept is upright, bounded, and holds nothing but pixels. A photo is served only while its person's page shows
it, or to whoever sent it in and to organisers: one that is withdrawn is gone at the next request (0152).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.content import files, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from cycles.content.pictures import Prepared

FOLDER = "speakers"
ENDING = ".webp"


def prepare(data: bytes) -> Prepared:
    """Return a photo ready to be kept. Raises pictures.PictureError."""
    return pictures.prepare(data)


def keep(prepared: Prepared) -> None:
    # The narrow one is wide enough for a face, and is the smaller file.
    files.keep(prepared.narrow, folder_name=FOLDER, name=prepared.digest + ENDING)


def path(digest: str) -> Path:
    return files.folder(FOLDER) / (digest + ENDING)


def size(prepared: Prepared) -> tuple[int, int]:
    """Return width and height of the file that is kept."""
    width = prepared.small_width
    return width, max(round(prepared.height * width / prepared.width), 1)
