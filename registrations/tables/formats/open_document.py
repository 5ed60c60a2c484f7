"""Reading an OpenDocument spreadsheet (ISO/IEC 26300, .ods) as rows of text: the values that were saved.

A spreadsheet says how often a cell or a row comes again: a million empty ones are a few bytes. They are counted, never
made; what is there is bounded as in a workbook of Excel, and a document type declaration is refused.
"""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

from registrations.tables.reading import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Row,
    TableError,
    Trouble,
    without_controls,
)

CONTENT = "content.xml"
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_SHEETS = 10
MOST_CELLS = 1_000_000
MOST_ELEMENTS = 4_000_000
DEEPEST = 100
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, TEXT = f"{SPACE}table:1.0 ", f"{SPACE}office:1.0 ", f"{SPACE}text:1.0 "
# What is written beside a cell, not in it.
ASIDE = f"{OFFICE}annotation"
LENGTH_UNITS = {"H": 3600, "M": 60, "S": 1}


def is_one(data: bytes) -> bool:
    """Tell whether an archive is such a document: not every program names the format at its beginning."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return CONTENT in archive.NameToInfo
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read(data: bytes, *, most: int) -> list[list[Row]]:
    """Return the rows of each sheet that has any. Raises TableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Reading never gives more of a part than is announced here.
            if archive.getinfo(CONTENT).file_size > LARGEST_UNPACKED:
                raise TableError(Trouble.TOO_LARGE)
            reader = _Reader(most)
            reader.read(archive.read(CONTENT))
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, ValueError, RuntimeError, OSError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(Trouble.UNREADABLE) from error
    return [rows for rows in reader.sheets if rows]


class _Reader:
    """Follows the elements of a document; a row is made when it ends, if anything stands in it."""

    def __init__(self, most: int) -> None:
        self.sheets: list[list[Row]] = []
        self._most = most
        self._number = self._cells = self._elements = self._depth = self._aside = 0
        self._row: list[str] = []
        self._cell: list[str] | None = None
        self._value = ""
        self._is_again = self._rows_again = 1

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(content, True)

    def _start(self, name: str, said: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise TableError(Trouble.TOO_LARGE)
        if self._depth > DEEPEST:
            raise TableError(Trouble.UNREADABLE)
        if name == f"{TABLE}table":
            self.sheets.append([])
            self._number = 0
        elif name == f"{TABLE}table-row":
            self._row = []
            self._rows_again = _count(said.get(f"{TABLE}number-rows-repeated"))
        elif name in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            self._cell, self._value = [], _value(said)
            self._is_again = _count(said.get(f"{TABLE}number-columns-repeated"))
        elif name == ASIDE:
            self._aside += 1
        elif self._cell is not None and not self._aside:
            self._cell += _blanks(name, said, is_first=not self._cell)

    def _text(self, text: str) -> None:
        if self._cell is not None and not self._aside:
            self._cell.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == ASIDE:
            self._aside -= 1
        elif name in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            self._end_cell()
        elif name == f"{TABLE}table-row":
            self._end_row()

    def _end_cell(self) -> None:
        written = self._value or "".join(self._cell or ())[:LONGEST_CELL]
        text = without_controls(written).strip()
        self._cell = None
        # Empty ones at the end of a row, often to the last column there is, come to nothing.
        room = MOST_COLUMNS + 1 - len(self._row)
        if text and self._is_again > room:
            raise TableError(Trouble.TOO_WIDE)
        self._row += [text] * min(self._is_again, max(room, 0))

    def _end_row(self) -> None:
        while self._row and not self._row[-1]:
            self._row.pop()
        if len(self._row) > MOST_COLUMNS:
            raise TableError(Trouble.TOO_WIDE)
        begin = self._number + 1
        self._number += self._rows_again
        if not self._row or not self.sheets or len(self.sheets) > MOST_SHEETS:
            return
        self._cells += len(self._row) * self._rows_again
        if self._number > self._most or self._cells > MOST_CELLS:
            raise TableError(Trouble.TOO_LONG)
        cells = tuple(self._row)
        self.sheets[-1] += [Row(number=number, cells=cells) for number in range(begin, self._number + 1)]

    def _doctype(self, *_declared: object) -> None:
        raise TableError(Trouble.UNREADABLE)


def _blanks(name: str, said: dict[str, str], *, is_first: bool) -> list[str]:
    """Return what an element within a cell stands for: blanks, a tab, another line."""
    if name == f"{TEXT}s":
        return [" " * min(_count(said.get(f"{TEXT}c")), LONGEST_CELL)]
    if name == f"{TEXT}tab":
        return [" "]
    is_line = name == f"{TEXT}line-break" or (name == f"{TEXT}p" and not is_first)
    return ["\n"] if is_line else []


def _count(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 10 else 1  # noqa: PLR2004 - no sheet has a milliard


def _value(said: dict[str, str]) -> str:
    """Return the value of a cell as a CSV would hold it where what it shows may be cut or rounded; else nothing."""
    kind = said.get(f"{OFFICE}value-type", "")
    if kind == "date":
        return said.get(f"{OFFICE}date-value", "").replace("T", " ")[:19]
    if kind == "time":
        return _length(said.get(f"{OFFICE}time-value", ""))
    if kind == "boolean":
        return "yes" if said.get(f"{OFFICE}boolean-value") == "true" else "no"
    if kind == "float":
        return said.get(f"{OFFICE}value", "").removesuffix(".0")
    return ""


def _length(written: str) -> str:
    """Return a length such as PT01H28M03S as 1:28:03; anything else as nothing, so that what is shown counts."""
    text, seconds, digits = written.upper().removeprefix("PT"), 0.0, ""
    for sign in text:
        if sign.isdecimal() or sign in ".,":
            digits += sign.replace(",", ".")
        elif sign in LENGTH_UNITS and digits:
            seconds, digits = seconds + float(digits) * LENGTH_UNITS[sign], ""
        else:
            return ""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if text and not digits else ""
