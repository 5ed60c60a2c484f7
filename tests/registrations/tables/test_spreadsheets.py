"""Workbooks are read within limits, and whatever else they hold gives a reason."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.tables import reading
from registrations.tables.formats import spreadsheets
from registrations.tables.reading import TableError, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence


def book(*rows: Sequence[object]) -> bytes:
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """Return a workbook with some of its parts replaced, or added (`__` stands for the slash, `_x` for the ending)."""
    target = io.BytesIO()
    named = {name.replace("__", "/") + ".xml": content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, named.pop(name, old.read(name)))
        for name, content in named.items():
            new.writestr(name, content)
    return target.getvalue()


def known(_row: object) -> int:
    return 0


def cells(data: bytes, *, most: int = 1000) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in reading.rows(data, known=known, most=most)]


def test_cells_are_written_as_a_text_would() -> None:
    at = dt.datetime(2026, 11, 19, 13, 5)
    data = book(
        ["é", 12, 12.5, True, at, at.date(), at.time(), dt.timedelta(hours=25, minutes=1), None, "=1+1"],
        [],
        [None, "x"],
    )
    assert cells(data) == [
        (1, ("é", "12", "12.5", "yes", "2026-11-19 13:05:00", "2026-11-19 00:00:00", "13:05:00", "25:01:00")),
        (3, ("", "x")),
    ]


def test_only_visible_sheets_are_read() -> None:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append(["hidden"])
    made.create_sheet("b").append(["shown"])
    made.active.sheet_state = "hidden"
    target = io.BytesIO()
    made.save(target)
    assert cells(target.getvalue()) == [(1, ("shown",))]


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (book, Trouble.EMPTY),
        (lambda: book(*[["x"]] * 1001), Trouble.TOO_LONG),
        (lambda: book(["x"] * (reading.MOST_COLUMNS + 1)), Trouble.TOO_WIDE),
        (lambda: repacked(book(["x"]), zeros=bytes(spreadsheets.LARGEST_UNPACKED + 1)), Trouble.TOO_LARGE),
        (lambda: repacked(book(["x"]), **{f"part{n}": b"" for n in range(500)}), Trouble.TOO_LARGE),
        (
            lambda: repacked(
                book(["x"]),
                xl__worksheets__sheet1=SHEET
                % b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>',
            ),
            Trouble.TOO_LONG,
        ),
        (
            lambda: repacked(
                book(["x"]),
                xl__worksheets__sheet1=b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
                + SHEET % b"<row><c><v>&a;</v></c></row>",
            ),
            Trouble.UNREADABLE,
        ),
        (
            lambda: repacked(
                book(["x"]),
                xl__worksheets__sheet1='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode(
                    "utf-16"
                ),
            ),
            Trouble.UNREADABLE,
        ),
        (lambda: book(["x"])[:200], Trouble.UNREADABLE),
        (lambda: b"PK\x03\x04", Trouble.UNREADABLE),
    ],
)
def test_what_is_too_much_or_broken_says_why(data: object, trouble: Trouble) -> None:
    assert callable(data)
    with pytest.raises(TableError) as caught:
        cells(data())
    assert caught.value.trouble == trouble


@cache
def parts() -> bytes:
    return book(["Name", "E-mail"], ["Amina", "amina@example.org"])


@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_rows_or_a_reason(place: int, noise: bytes) -> None:
    data = bytearray(parts())
    at = 4 + place % (len(data) - 4)
    data[at : at + len(noise)] = noise
    try:
        assert cells(bytes(data)) is not None
    except TableError as error:
        assert error.trouble in Trouble  # noqa: PT017 - either way is right


@given(
    st.binary(max_size=300),
    st.sampled_from(["[Content_Types]", "xl__workbook", "xl__worksheets__sheet1", "xl__styles"]),
)
def test_parts_that_hold_anything_give_rows_or_a_reason(content: bytes, name: str) -> None:
    try:
        assert cells(repacked(parts(), **{name: content})) is not None
    except TableError as error:
        assert error.trouble in Trouble  # noqa: PT017 - either way is right


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
WIDE = b"<row>%s</row>" % (b"<c/>" * 70_000)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (SHEET % WIDE, Trouble.TOO_WIDE),
        # However the end of the row is hidden, and the row in another.
        (SHEET % WIDE.replace(b"<c/>", b"<c/><!--</row>--><arrow/>", 9), Trouble.TOO_WIDE),
        (SHEET % (b'<row a="/>">%s<row/>%s</row>' % (b"<c/>" * 40_000, b"<c/>" * 40_000)), Trouble.TOO_WIDE),
        # The end of the part never comes.
        ((SHEET % WIDE)[:300_000], Trouble.TOO_WIDE),
        (b"<a>" * 5000, Trouble.UNREADABLE),
        (b"<styleSheet><cellXfs>%s</cellXfs></styleSheet>" % (b"<xf/>" * 120_000), Trouble.TOO_LARGE),
        # A declaration behind a long comment.
        (b"<!--%s--><!DOCTYPE a>" % (b"x" * 70_000) + SHEET % b"", Trouble.UNREADABLE),
    ],
)
def test_a_part_is_bounded_before_anything_is_made_of_it(content: bytes, trouble: Trouble) -> None:
    """A row of two kilobytes, unpacked, took seven seconds; one of sixty took the memory of the server."""
    for name in ("xl__worksheets__sheet1", "xl__somewhere"):
        with pytest.raises(TableError) as caught:
            cells(repacked(book(["x"]), **{name: content}))
        assert caught.value.trouble == trouble


def test_a_row_of_many_styled_cells_is_read() -> None:
    row = b'<row r="1"><c t="inlineStr"><is><t>x</t></is></c>%s</row><row r="2"/>' % (b'<c s="0"/>' * 16_383)
    assert cells(repacked(book(["y"]), xl__worksheets__sheet1=SHEET % row)) == [(1, ("x",))]
