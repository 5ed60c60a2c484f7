"""Rows of text from a file or from pasted cells. Everything is bounded before it is looked at."""

from __future__ import annotations

import codecs
import csv
import enum
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .formats import code_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
# Web sites name their tables .xls, and browsers save pages.
PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|table|head|body|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
# Excel's own way of saying which separator a file has, in its first line.
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A cell that an export wrote as a formula so that a spreadsheet leaves it as it is: ="0612".
AS_FORMULA = re.compile(r'="([^"]*)"')
BLANKS_AFTER_QUOTE = re.compile(r'"[ \t]+(?=[;,\t|\r\n]|\Z)')
# A cell of more lines than this is one whose quote nobody closed.
MOST_LINES_OF_CELL = 500
# After so many of them quotes are signs like any other, in the rest of the file.
MOST_MENDED = 100


class Trouble(enum.StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_WIDE = "too_wide"
    SPREADSHEET = "spreadsheet"
    PAGE = "page"
    UNREADABLE = "unreadable"
    NO_TABLE = "no_table"
    TWO_ORDERS = "two_orders"


class TableError(ValueError):
    """The file cannot be read; `trouble` says why, `cells` are those that show it: (line, what stands there)."""

    def __init__(self, trouble: Trouble, cells: tuple[tuple[int, str], ...] = ()) -> None:
        super().__init__(trouble)
        self.trouble, self.cells = trouble, cells


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
    """Return the rows of a text file, an XLSX workbook or an OpenDocument spreadsheet. Raises TableError.

    `known` counts the columns of a row that are recognised as headings: it settles the separator, and the sheet.
    """
    from .formats import open_document, spreadsheets  # noqa: PLC0415 - openpyxl is slow to load, and few requests read a file

    if not data.strip():
        raise TableError(Trouble.EMPTY)
    if len(data) > largest:
        raise TableError(Trouble.TOO_LARGE)
    if data.startswith(OLD_SPREADSHEET):
        raise TableError(Trouble.SPREADSHEET)
    if data.startswith(SPREADSHEET):
        kind = open_document if open_document.is_one(data) else spreadsheets
        sheets = kind.read(data, most=most)
        if not sheets:
            raise TableError(Trouble.EMPTY)
        return max(sheets, key=lambda sheet: max(known(row.cells) for row in sheet[:HEADING_WITHIN]))
    return text_rows(decoded(data), known=known, most=most)


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 (as Teams writes) or an older encoding. Raises TableError.

    Lines of several files that were put together may each be in another one.
    """
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
        text = _of_several(data.removeprefix(codecs.BOM_UTF8))
    # One stray control character is somebody's answer; a text full of them is none.
    head = text[:4000]
    if (
        "\0" in head
        or sum(head.count(mark) for mark in "\x01\x02\x03\x04\x05\x06\x0e\x0f") > len(head) // 100 + 1
    ):
        raise TableError(Trouble.UNREADABLE)
    if PAGE.match(head):
        raise TableError(Trouble.PAGE)
    return code_pages.mended(text.replace("\0", ""))


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
    try:
        for count, (number, row) in enumerate(_records(text.lstrip("\ufeff"), separator), start=1):
            if count > most:
                raise TableError(Trouble.TOO_LONG)
            if len(row) > MOST_COLUMNS:
                raise TableError(Trouble.TOO_WIDE)
            cells = tuple(_cell(cell) for cell in row)
            if any(cells):
                results.append(Row(number=number + skipped, cells=cells))
    except csv.Error:
        raise TableError(Trouble.UNREADABLE) from None
    return results


def _of_several(data: bytes) -> str:
    """Return a text of lines in UTF-8 and lines that are not."""
    lines = data.split(b"\n")
    is_utf_8 = [_is_utf_8(line) for line in lines]
    others = iter(
        code_pages.decoded(
            b"\n".join(line for line, is_it in zip(lines, is_utf_8, strict=True) if not is_it)
        ).split("\n")
    )
    return "\n".join(
        line.decode() if is_it else next(others) for line, is_it in zip(lines, is_utf_8, strict=True)
    )


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a text, to be read again from any `place`; a record ends within MOST_LINES_OF_CELL of `begin`."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.begin = self.place = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.place >= min(len(self.lines), self.begin + MOST_LINES_OF_CELL):
            raise StopIteration
        self.place += 1
        return self.lines[self.place - 1]


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (the line where it ends, its cells) of each record (RFC 4180).

    A quote that nobody closes would take the people of the lines below into one cell: it ends with its line. Programs
    that write a backslash before a quote within a cell are followed.
    """
    source = _Lines(list(io.StringIO(text, newline="")))
    # Some write a blank after their commas, before a quote.
    reader = csv.reader(source, delimiter=separator, skipinitialspace=True)
    mended = 0
    while source.place < len(source.lines):
        source.begin = source.place
        if mended > MOST_MENDED:
            source.place += 1
            yield source.place, _without_quotes(source.lines[source.begin], separator)
            continue
        row = next(reader, [])
        taken = source.lines[source.begin : source.place]
        is_doubtful = len(taken) > 1 or '\\"' in taken[0] or taken[0].count('"') % 2
        if is_doubtful and not _is_sound(taken, separator):
            mended += 1
            row, count = _mended(taken, separator)
            source.place = source.begin + count
        yield source.place, row


def _is_sound(lines: list[str], separator: str) -> bool:
    """Tell whether every quote of a record is where the format has it, but for blanks after one."""
    try:
        list(
            csv.reader(
                (BLANKS_AFTER_QUOTE.sub('"', line) for line in lines),
                delimiter=separator,
                skipinitialspace=True,
                strict=True,
            )
        )
    except csv.Error:
        return False
    return True


def _mended(lines: list[str], separator: str) -> tuple[list[str], int]:
    """Return (the cells, how many lines they take) of a record whose quotes are not those of the format."""
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, escapechar="\\", strict=True)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return _without_quotes(lines[0], separator), 1


def _without_quotes(line: str, separator: str) -> list[str]:
    row = next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])
    cells = [cell.strip() for cell in row]
    return [
        cell[1:-1].replace('""', '"')
        if len(cell) > 1 and cell[0] == cell[-1] == '"'
        else (cell.replace('"', "") if cell.count('"') == 1 else cell)
        for cell in cells
    ]


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
            read = list(csv.reader(io.StringIO(head, newline=""), delimiter=separator, skipinitialspace=True))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in read if len(row) > 1)
        even = max((width * count for width, count in widths.items()), default=0)
        score = (max((known(row[:MOST_COLUMNS]) for row in read), default=0), even)
        best = max(best, (score, separator), key=lambda pair: pair[0])
    return best[1]
