"""Documents that people upload: known by their bytes, whatever their name says. Never shown inside a page of ours.

PDF begins with its mark (ISO 32000-1, 7.5.2). The others are ZIP archives: OpenDocument says what it is in a first
file named "mimetype" (ODF 1.3, part 2, 3.3), Office Open XML has its list of contents and a main part (ECMA-376).
What runs something when it is opened is refused. Pictures are written anew, so that nothing but pixels is left.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse, Http404

from cycles.language.normal_form import nfc
from cycles.models import ResourceFile

from . import files, pictures

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator
    from pathlib import Path

FOLDER = "documents"
LONGEST_NAME = 160
UNSAFE = re.compile(r"[^\w .,()-]+")
PDF_MARK = b"%PDF-"
# What some programs leave before it; readers look for it in the first 1024 bytes (ISO 32000-1, annex H, 3.4.1).
BEFORE_PDF, WITHIN = b"\xef\xbb\xbf \t\r\n\0", 1024
ZIP_MARK = b"PK\x03\x04"
# The container of .doc, .xls and .ppt, and of newer files under a password ([MS-CFB], 2.2).
OLD_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
MOST_FILES = 5000
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "odp": OPEN_DOCUMENT + "presentation",
    "odt": OPEN_DOCUMENT + "text",
    "ods": OPEN_DOCUMENT + "spreadsheet",
    "pptx": OFFICE + "presentationml.presentation",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
SLIDES = ("pdf", "odp", "pptx")
PICTURES = ("jpg", "png", "webp")
MAIN_PARTS = {"ppt/presentation.xml": "pptx", "word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
CONTENTS = "[content_types].xml"
LONGEST_CONTENTS = 1024 * 1024
# Folders and files of programs: Basic and other scripts of OpenDocument, VBA, ActiveX and macro sheets of Office.
PROGRAMS = re.compile(r"^(basic|scripts)/|(^|/)vbaproject[^/]*$|(^|/)activex/|^xl/macrosheets/")


def _spelled(*names: str) -> str:
    """Return an expression for names of PDF, any letter of which may be hidden as #xx (7.3.5)."""
    return "|".join("".join(f"(?:{c}|#(?i:{ord(c):x}))" for c in name) for name in names)


# Actions of PDF that run something: by their names, which always follow /S (ISO 32000-1, 12.6.4.5 and 12.6.4.16).
# And the streams in which they may lie, by a name that has a hidden letter: nobody else hides it.
PDF_ACTION = re.compile(
    f"/(?:{_spelled('JavaScript', 'Launch')}|(?!ObjStm){_spelled('ObjStm')})(?![A-Za-z0-9])".encode()
)
# Since PDF 1.5 objects may lie in compressed streams (7.5.7), which begin soon after this name.
OBJECTS, STREAM = b"/ObjStm", b"stream"
LONGEST_DICTIONARY = 600
MOST_STREAMS = 20_000
PIECE = 16 * 1024
MOST_INFLATED = 64 * 1024 * 1024


class Trouble(enum.StrEnum):
    """Why a document cannot be taken."""

    TOO_LARGE = "too_large"
    NOT_TAKEN = "not_taken"
    MARKUP = "markup"
    OLD = "old"
    MACROS = "macros"
    SCRIPT = "script"
    PIXELS = "pixels"
    BROKEN = "broken"


class DocumentError(ValueError):
    """The file cannot be taken; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document ready to be kept: what it is by its bytes, whatever its name says."""

    content: bytes
    ending: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def safe_name(self, name: str, *, otherwise: str) -> str:
        """Return a name to save it under: of what it is, whatever `name` said."""
        stem = UNSAFE.sub(" ", nfc(name).rpartition("/")[2].rpartition(".")[0]).strip(" .") or otherwise
        return f"{stem[: LONGEST_NAME - 6]}.{self.ending}"


def largest() -> int:
    """Return how many bytes a document may have."""
    return settings.ESCALE_DOCUMENT_MB * 2**20


def read(data: bytes, *, endings: Collection[str] = tuple(TYPES)) -> Document:
    """Return what an uploaded file is, when it is one of `endings`. Raises DocumentError."""
    if len(data) > largest():
        raise DocumentError(Trouble.TOO_LARGE)
    document = _read(data)
    if document.ending not in endings:
        raise DocumentError(Trouble.NOT_TAKEN)
    return document


def _read(data: bytes) -> Document:
    if data[:WITHIN].lstrip(BEFORE_PDF).startswith(PDF_MARK):
        if _runs_something(data):
            raise DocumentError(Trouble.SCRIPT)
        return Document(content=data, ending="pdf")
    if data.startswith(ZIP_MARK):
        return Document(content=data, ending=_kind_of_archive(data))
    if data.startswith(PICTURE_MARKS):
        return _picture(data)
    if data.startswith(OLD_MARK):
        raise DocumentError(Trouble.OLD)
    begins = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    raise DocumentError(Trouble.MARKUP if begins.startswith(b"<") else Trouble.NOT_TAKEN)


def _runs_something(data: bytes) -> bool:
    """Tell whether a PDF names an action that runs something, in clear or in a stream of objects.

    Raises DocumentError for more of these streams than any document has.
    """
    if PDF_ACTION.search(data):
        return True
    left = MOST_INFLATED
    for begins in _object_streams(data):
        objects = _inflated(data, begins, most=left + 1)
        left -= len(objects)
        if left < 0:
            raise DocumentError(Trouble.BROKEN)
        if PDF_ACTION.search(objects):
            return True
    return False


def _inflated(data: bytes, begins: int, *, most: int) -> bytes:
    """Return what a compressed stream holds; as far as it can be read, and little more than `most` bytes of it."""
    reader, pieces, size = zlib.decompressobj(), [], 0
    with contextlib.suppress(zlib.error):  # not compressed, and looked at as it is, or under a password
        for place in range(begins, len(data), PIECE):
            piece = reader.decompress(data[place : place + PIECE], most)
            pieces.append(piece)
            size += len(piece)
            if reader.eof or size >= most:
                break
    return b"".join(pieces)


def _object_streams(data: bytes) -> Iterator[int]:
    """Yield where the contents of each stream of objects begin. Raises DocumentError for too many of them."""
    place = data.find(OBJECTS)
    count = 0
    while place >= 0:
        count += 1
        if count > MOST_STREAMS:
            raise DocumentError(Trouble.BROKEN)
        begins = data.find(STREAM, place, place + LONGEST_DICTIONARY)
        if begins >= 0:
            end = begins + len(STREAM)
            yield end + (2 if data[end : end + 1] == b"\r" else 1)
        place = data.find(OBJECTS, place + len(OBJECTS))


def _kind_of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _kind(archive)
    except DocumentError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, RuntimeError):
        raise DocumentError(Trouble.BROKEN) from None


def _kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if len(names) > MOST_FILES:
        raise DocumentError(Trouble.NOT_TAKEN)
    by_lowered = {name.lower(): name for name in names}
    if any(PROGRAMS.search(name) for name in by_lowered):
        raise DocumentError(Trouble.MACROS)
    if names and names[0] == "mimetype":
        said = _beginning(archive, "mimetype", 100).decode("ascii", "replace")
        return (
            next((e for e, kind in TYPES.items() if kind == said and said.startswith(OPEN_DOCUMENT)), "")
            or _not_taken()
        )
    if CONTENTS in by_lowered:
        contents = _beginning(archive, by_lowered[CONTENTS], LONGEST_CONTENTS).lower()
        if b"macroenabled" in contents or b"vbaproject" in contents:
            raise DocumentError(Trouble.MACROS)
        for part, ending in MAIN_PARTS.items():
            if part in by_lowered:
                return ending
    return _not_taken()


def _not_taken() -> str:
    raise DocumentError(Trouble.NOT_TAKEN)


def _beginning(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return the first bytes of a file. Bounded: the size in the directory may lie."""
    with archive.open(name) as file:
        return file.read(most)


def _picture(data: bytes) -> Document:
    try:
        content, ending = pictures.written_anew(data)
    except pictures.PictureError as error:
        trouble = {
            pictures.Trouble.TOO_MANY_PIXELS: Trouble.PIXELS,
            pictures.Trouble.NO_PICTURE: Trouble.NOT_TAKEN,
        }.get(error.trouble, Trouble.BROKEN)
        raise DocumentError(trouble) from None
    if len(content) > largest():
        raise DocumentError(Trouble.TOO_LARGE)
    return Document(content=content, ending=ending)


def keep(document: Document, *, folder: str = FOLDER) -> None:
    files.keep(document.content, folder_name=folder, name=f"{document.digest}.{document.ending}")


def find(digest: str, *, folder: str = FOLDER) -> Path | None:
    """Return the file of a kept document; None when it is gone."""
    for ending in TYPES:
        path = files.folder(folder) / f"{digest}.{ending}"
        if path.exists():
            return path
    return None


def sweep(*, at: dt.datetime, older_than: dt.timedelta) -> int:
    """Delete the files that no resource names any more and that are older; return how many."""
    known = set(ResourceFile.objects.values_list("digest", flat=True))
    return files.sweep(FOLDER, known=known, at=at, older_than=older_than)


def attached(digest: str, *, name: str, folder: str = FOLDER) -> FileResponse:
    """Return a document to save, kept by no cache: never shown inside a page of ours. Raises Http404."""
    path = find(digest, folder=folder)
    if path is None:
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name or path.name,
        content_type=TYPES[path.suffix[1:]],
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
