"""Slides: PDF, OpenDocument or PowerPoint, known by their bytes. Never opened here, never shown inside a page.

PDF begins with its mark (ISO 32000-1, 7.5.2). The others are ZIP archives: OpenDocument says what it is in a first
file named "mimetype" (ODF 1.3, part 2, 3.3), PowerPoint has its list of contents and a presentation (ECMA-376).
"""

from __future__ import annotations

import enum
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cycles.content import files

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 20 * 1024 * 1024
FOLDER = "slides"
PDF_MARK = b"%PDF-"
ZIP_MARK = b"PK\x03\x04"
ODP = b"application/vnd.oasis.opendocument.presentation"
MOST_FILES = 5000
TYPES = {
    "pdf": "application/pdf",
    "odp": ODP.decode(),
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


class Trouble(enum.StrEnum):
    """Why slides cannot be taken."""

    TOO_LARGE = "too_large"
    NO_SLIDES = "no_slides"
    MACROS = "macros"
    BROKEN = "broken"


class SlidesError(ValueError):
    """The file cannot be taken; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True)
class Slides:
    """Slides ready to be kept: what they are by their bytes, whatever their name says."""

    content: bytes
    ending: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(data: bytes) -> Slides:
    """Return what an uploaded file is. Raises SlidesError."""
    if len(data) > LARGEST:
        raise SlidesError(Trouble.TOO_LARGE)
    if data.startswith(PDF_MARK):
        return Slides(content=data, ending="pdf")
    if not data.startswith(ZIP_MARK):
        raise SlidesError(Trouble.NO_SLIDES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return Slides(content=data, ending=_kind(archive))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        if isinstance(error, SlidesError):
            raise
        raise SlidesError(Trouble.BROKEN) from None


def _kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if len(names) > MOST_FILES:
        raise SlidesError(Trouble.NO_SLIDES)
    lowered = {name.lower() for name in names}
    if any(name.rpartition("/")[2].startswith("vbaproject") or name.startswith("basic/") for name in lowered):
        raise SlidesError(Trouble.MACROS)
    if names and names[0] == "mimetype":
        # Bounded: the size in the directory may lie.
        with archive.open("mimetype") as file:
            if file.read(len(ODP) + 1) == ODP:
                return "odp"
    if "[content_types].xml" in lowered and "ppt/presentation.xml" in lowered:
        return "pptx"
    raise SlidesError(Trouble.NO_SLIDES)


def keep(slides: Slides) -> None:
    files.keep(slides.content, folder_name=FOLDER, name=f"{slides.digest}.{slides.ending}")


def find(digest: str) -> Path | None:
    """Return the file of kept slides; None when it is gone."""
    for ending in TYPES:
        path = files.folder(FOLDER) / f"{digest}.{ending}"
        if path.exists():
            return path
    return None
