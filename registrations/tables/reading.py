"""Rows of text from a file or from pasted cells. Everything is bounded before it is looked at."""

from __future__ import annotations

import csv
import enum
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGEST = 20 * 1024 * 1024
MOST_LINES = 100_000
MOST_COLUMNS = 300
# Longer cells are cut: nothing that is read here is that long.
LONGEST_CELL = 4000
# A heading stands within these first rows, below what platforms write about the meeting.
HEADING_WITHIN = 60
SEPARATORS = ("\t", ";", ",", "|")
SPREADSHEET = b"PK\x03\x04"
OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0"
# Excel's own way of saying which separator a file has, in its first line.
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A cell that an export wrote as a formula so that a spreadsheet leaves it as it is: ="0612".
AS_FORMULA = re.compile(r'="([^"]*)"')


class Trouble(enum.StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_WIDE = "too_wide"
    SPREADSHEET = "spreadsheet"
    UNREADABLE = "unreadable"
    NO_TABLE = "no_table"


class TableError(ValueError):
    """The file cannot be read; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Row:
    """One row that says anything. `number` is its line in the file, from 1 (where it ends, if it has several)."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


def rows(
    data: bytes, *, known: Callable[[Sequence[str]], int], largest: int = LARGEST, most: int = MOST_LINES
) -> list[Row]:
    """Return the rows of a text file or an XLSX workbook. Raises TableError.

    `known` counts the columns of a row that are recognised as headings: it settles the separator, and the sheet.
    """
    from . import spreadsheets  # noqa: PLC0415 - openpyxl is slow to load, and few requests read a file

    if not data.strip():
        raise TableError(Trouble.EMPTY)
    if len(data) > largest:
        raise TableError(Trouble.TOO_LARGE)
    if data.startswith(OLD_SPREADSHEET):
        raise TableError(Trouble.SPREADSHEET)
    if data.startswith(SPREADSHEET):
        sheets = spreadsheets.read(data, most=most)
        if not sheets:
            raise TableError(Trouble.EMPTY)
        return max(sheets, key=lambda sheet: max(known(row.cells) for row in sheet[:HEADING_WITHIN]))
    return text_rows(decoded(data), known=known, most=most)


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 (as Teams writes) or Windows-1252. Raises TableError."""
    start = data[:400]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif start[1::2].count(0) > len(start) // 4:
        encoding = "utf-16-le"
    elif start[::2].count(0) > len(start) // 4:
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Every byte means something in it but five.
        text = data.decode("cp1252", errors="replace")
    # One stray control character is somebody's answer; a text full of them is none.
    head = text[:4000]
    if (
        "\0" in head
        or sum(head.count(mark) for mark in "\x01\x02\x03\x04\x05\x06\x0e\x0f") > len(head) // 100 + 1
    ):
        raise TableError(Trouble.UNREADABLE)
    return text.replace("\0", "")


def text_rows(text: str, *, known: Callable[[Sequence[str]], int], most: int = MOST_LINES) -> list[Row]:
    """Return the rows of a text, cut at the separator that it names or that gives the best table."""
    named = SEPARATOR_LINE.match(text)
    skipped = 0
    if named:
        text, skipped = text[named.end() :], 1
        separator = named[1]
        if separator not in SEPARATORS and not separator.isprintable():
            separator = ";"
    else:
        separator = _separator(text.lstrip("\ufeff"), known)
    results: list[Row] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    try:
        for count, row in enumerate(reader, start=1):
            if count > most:
                raise TableError(Trouble.TOO_LONG)
            if len(row) > MOST_COLUMNS:
                raise TableError(Trouble.TOO_WIDE)
            cells = tuple(_cell(cell) for cell in row)
            if any(cells):
                results.append(Row(number=reader.line_num + skipped, cells=cells))
    except csv.Error:
        raise TableError(Trouble.UNREADABLE) from None
    return results


def without_controls(text: str) -> str:
    """Return a text in which control characters other than line breaks and tabs are blanks."""
    return CONTROL.sub(" ", text)


def _cell(written: str) -> str:
    text = without_controls(written[:LONGEST_CELL]).strip()
    return formula[1] if (formula := AS_FORMULA.fullmatch(text)) else text


def _separator(text: str, known: Callable[[Sequence[str]], int]) -> str:
    """Return the separator that gives the most columns that we know, or else the most even table."""
    head = "\n".join(text[: HEADING_WITHIN * LONGEST_CELL].splitlines()[:HEADING_WITHIN])
    best: tuple[tuple[int, int], str] = ((-1, -1), ",")
    for separator in SEPARATORS:
        try:
            read = list(csv.reader(io.StringIO(head, newline=""), delimiter=separator))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in read if len(row) > 1)
        even = max((width * count for width, count in widths.items()), default=0)
        score = (max((known(row[:MOST_COLUMNS]) for row in read), default=0), even)
        best = max(best, (score, separator), key=lambda pair: pair[0])
    return best[1]
