"""Tables that leave the desk as files: CSV that every spreadsheet opens, and XLSX.

Rows are read and written one by one, so that a hundred thousand people need no more memory than a page of them.
Text is never a formula: what somebody typed on a public form must not run in an organiser's spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import xlsxwriter

from cycles.language.plain_text import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Rows read from the database at a time.
CHUNK = 2000
# Blanks and quotes before a sign that makes a formula, full-width ones too: read once each, from where they begin.
FORMULA = re.compile(r"""(?<![\s'"])([\s'"]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])""")
# After these a cell may begin: what some spreadsheet takes for the end of one (one that expects commas cuts our cells
# at theirs). The blanks among them.
BREAK = re.compile(r"[\t\r\n]")
PROTECTED_BREAK = re.compile(r"([\t\r\n])'")
# What the format allows: ECMA-376 as Excel reads it.
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_TITLE = 31
# Characters wide.
COLUMN = 22
FORBIDDEN_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def cell(value: object) -> str:
    """Return a cell of CSV (RFC 4180) with `;`, such that no spreadsheet takes it for a formula.

    An instant is written in UTC to the minute.
    """
    text = f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else readable(value)
    text = protected(text)
    if any(mark in text for mark in ';"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text


def protected(text: str) -> str:
    """Return a text with an apostrophe before all that a spreadsheet would run, wherever it ends its cells.

    https://owasp.org/www-community/attacks/CSV_Injection. `unprotected` is the exact inverse.
    """
    return FORMULA.sub(lambda found: _begins(found, "'") + BREAK.sub(r"\g<0>'", found[1]), text)


def unprotected(text: str) -> str:
    """Return a cell of an export of ours as it was before `protected`."""
    return FORMULA.sub(
        lambda found: PROTECTED_BREAK.sub(r"\1", found[1].removeprefix(_begins(found, "'"))), text
    )


def _begins(found: re.Match[str], mark: str) -> str:
    """Return the mark when a cell may begin where the blanks do; nothing otherwise."""
    return mark if found.start() == 0 or found.string[found.start() - 1] in ",;" else ""


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table as lines of CSV; the first carries the BOM by which Excel knows UTF-8."""
    yield "\ufeff" + ";".join(map(cell, header)) + "\r\n"
    for row in rows:
        yield ";".join(map(cell, row)) + "\r\n"


def xlsx(header: Sequence[object], rows: Iterable[Sequence[object]], *, title: str) -> bytes:
    """Return a table as a spreadsheet (ECMA-376); what grows with its rows waits on the disk until it is packed.

    Numbers and instants (UTC, without a zone: the format knows none) stay what they are, everything else is text.
    A table that is too long goes on in a second sheet.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        name = " ".join(readable(title).translate(FORBIDDEN_IN_TITLE).split())[: LONGEST_TITLE - 3] or "1"
        for number, part in enumerate(_parts(rows, MOST_ROWS - 1), start=1):
            sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(header) - 1, COLUMN)
            line = 0
            for column, value in enumerate(header):
                sheet.write_string(0, column, readable(value)[:LONGEST_TEXT], heading)
            for line, row in enumerate(part, start=1):
                for column, value in enumerate(row):
                    _write(sheet, line, column, value, instant)
            sheet.autofilter(0, 0, line, len(header) - 1)
    return target.getvalue()


def _parts(rows: Iterable[Sequence[object]], most: int) -> Iterator[Iterator[Sequence[object]]]:
    """Yield the rows `most` at a time, each part to be read before the next is asked for; an empty table has one."""
    waiting = iter(rows)
    yield islice(waiting, most)
    for row in waiting:
        yield chain([row], islice(waiting, most - 1))


def _write(sheet: Any, line: int, column: int, value: object, instant: Any) -> None:
    if isinstance(value, dt.datetime):
        sheet.write_datetime(line, column, value.astimezone(dt.UTC).replace(tzinfo=None), instant)
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, readable(value)[:LONGEST_TEXT])
