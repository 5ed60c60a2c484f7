"""Tables as files, read back by somebody else's reader."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui.tables import sheets
from tests import make

# What a cell of the format can hold: no control character but these, no half of a pair.
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)


def read(data: bytes) -> list[list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def test_a_spreadsheet_holds_text_numbers_and_instants() -> None:
    rows = [("Béranger ✓", 12, dt.datetime(2026, 11, 19, 13, 0, tzinfo=make.PARIS)), ("", 0, "")]
    data = sheets.xlsx(["Nom", "Escales", "Inscription"], rows, title="voyage")
    assert read(data) == [
        [
            ["Nom", "Escales", "Inscription"],
            ["Béranger ✓", 12, dt.datetime(2026, 11, 19, 12, 0)],
            ["", 0, ""],
        ]
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("voyage", "A2", "A1:C3")


@given(WORDS)
def test_no_cell_of_a_spreadsheet_is_a_formula_or_a_link(text: str) -> None:
    data = sheets.xlsx(["x"], [(text,), (f"={text}",), ("https://example.org",)], title="x")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [sheet.cell(row, 1).data_type for row in (3, 4)] == ["s", "s"]
    assert sheet.cell(4, 1).hyperlink is None
    assert [sheet.cell(row, 1).value for row in (2, 3)] == [text, f"={text}"]


def test_a_table_that_is_too_long_goes_on_in_a_second_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    data = sheets.xlsx(["n"], ((number,) for number in range(5)), title="a/b")
    assert read(data) == [[["n"], [0], [1]], [["n"], [2], [3]], [["n"], [4]]]
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["a b", "a b 2", "a b 3"]


def test_an_empty_table_keeps_its_header_and_a_long_text_is_cut() -> None:
    assert read(sheets.xlsx(["n"], [], title="")) == [[["n"]]]
    assert read(sheets.xlsx(["n"], [("x" * 40_000,)], title="x"))[0][1] == ["x" * 32_767]


@pytest.mark.thorough
def test_a_million_blanks_are_read_once() -> None:
    blanks = "\t" * 1_000_000
    assert sheets.protected(blanks) == blanks
    assert sheets.protected(f"{blanks}=1") == "'" + "\t'" * 1_000_000 + "=1"
    assert sheets.unprotected(sheets.protected(f"{blanks}=1")) == f"{blanks}=1"
