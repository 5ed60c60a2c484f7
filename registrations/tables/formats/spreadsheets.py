"""Reading an XLSX workbook (ECMA-376) as rows of text: the values that were saved, no formula is worked out.

A workbook is a ZIP of XML. Its size unpacked and its elements are bounded before anything is made of them, and a
document type declaration, which the format does not know and expansion attacks need, is refused.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import openpyxl

from registrations.tables.reading import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Row,
    TableError,
    Trouble,
    without_controls,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_SHEETS = 10
MOST_CELLS = 1_000_000
# Elements within one row, which the library holds whole: Excel writes a whole row of 16,384 styled cells.
MOST_OF_ROW = 4 * 16_384
# Elements elsewhere, such as styles, of which the library makes objects; texts that cells share are cheap.
MOST_ELSEWHERE = 100_000
MOST_ELEMENTS = 4_000_000
DEEPEST = 100


def read(data: bytes, *, most: int) -> list[list[Row]]:
    """Return the rows of each visible sheet that has any. Raises TableError."""
    try:
        _check(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets[:MOST_SHEETS] if sheet.sheet_state == "visible"]
        results = [list(_rows(sheet, most=most)) for sheet in sheets]
        book.close()
    except TableError:
        raise
    except Exception as error:
        raise TableError(Trouble.UNREADABLE) from error
    return [rows for rows in results if rows]


def _check(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # Reading never gives more of a part than is announced here.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise TableError(Trouble.TOO_LARGE)
        # Whatever their names: the workbook says which of them is a sheet.
        for part in parts:
            _Bounds().check(archive.read(part))


class _Bounds:
    """Counts the elements of a part before anything is made of them; the parser is the library's own, expat."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        # Where the element that holds many others began: a row, or a shared text.
        self._held_at = 0
        self._depth = self._within = self._elsewhere = self._all = 0

    def check(self, content: bytes) -> None:
        """Raise TableError for a part that is not worth what it would cost to read."""
        # What is no XML, as a picture, is read no further than here.
        with contextlib.suppress(expat.ExpatError):
            self._parser.Parse(content, True)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._all += 1
        if self._held_at:
            self._within += 1
        elif name.rpartition(" ")[2] in ("row", "si"):
            self._held_at, self._within = self._depth, 0
        else:
            self._elsewhere += 1
        if self._within > MOST_OF_ROW:
            raise TableError(Trouble.TOO_WIDE)
        if self._elsewhere > MOST_ELSEWHERE or self._all > MOST_ELEMENTS:
            raise TableError(Trouble.TOO_LARGE)
        if self._depth > DEEPEST:
            raise TableError(Trouble.UNREADABLE)

    def _end(self, _name: str) -> None:
        if self._depth == self._held_at:
            self._held_at = 0
        self._depth -= 1

    def _doctype(self, *_declared: object) -> None:
        raise TableError(Trouble.UNREADABLE)


def _rows(sheet: Any, *, most: int) -> Iterator[Row]:
    # What a file says of its own dimensions may be wrong, or the whole sheet.
    sheet.reset_dimensions()
    cells = 0
    for number, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1):
        cells += len(values)
        if number > most or cells > MOST_CELLS:
            raise TableError(Trouble.TOO_LONG)
        texts = [_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise TableError(Trouble.TOO_WIDE)
        if texts:
            yield Row(number=number, cells=tuple(texts))


def _text(value: object) -> str:
    """Return a cell as a CSV would hold it: 2026-11-19 13:00:00, 1:28:00, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat(sep=" ")[:19] if isinstance(value, dt.datetime) else value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return without_controls(str(value)[:LONGEST_CELL]).strip()
