"""OpenDocument spreadsheets are read as workbooks are, within the same limits."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.tables import reading
from registrations.tables.reading import TableError, Trouble

from .open_documents import REST, cell, document, row, spreadsheet

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")), max_size=8
)


def cells(data: bytes, *, most: int = 1000) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.cells) for line in reading.rows(data, known=len, most=most)]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(TEXTS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    expected = []
    for number, texts in enumerate(rows, start=1):
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            expected.append((number, tuple(texts)))
    if expected:
        assert cells(spreadsheet(rows)) == expected
    else:
        with pytest.raises(TableError, match="empty"):
            cells(spreadsheet(rows))


def test_rows_and_cells_that_come_again_are_all_there() -> None:
    data = document(
        row(cell("a"), cell("b", again=2), again=3) + row(cell(""), again=4) + row(cell("c")) + REST
    )
    assert cells(data) == [(1, ("a", "b", "b")), (2, ("a", "b", "b")), (3, ("a", "b", "b")), (8, ("c",))]


def test_values_count_where_what_is_shown_may_be_cut() -> None:
    def valued(kind: str, value: str, shown: str) -> str:
        name = "value" if kind == "float" else f"{kind}-value"
        return (
            f'<table:table-cell office:value-type="{kind}" office:{name}="{value}">'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )

    data = document(
        row(
            valued("date", "2026-11-19T13:02:00", "19/11/26 13:02"),
            valued("date", "2026-11-19", "19 nov."),
            valued("time", "PT01H28M03S", "88"),
            valued("time", "PT00H00M59.9S", "###"),
            valued("time", "a while", "un peu"),
            valued("float", "88", "88,00"),
            valued("float", "12.5", "13"),
            valued("boolean", "true", "VRAI"),
            valued("boolean", "false", "FAUX"),
            valued("percentage", "0.5", "50 %"),
        )
    )
    expected = (
        "2026-11-19 13:02:00", "2026-11-19", "1:28:03", "0:01:00", "un peu", "88", "12.5", "yes", "no", "50 %",
    )  # fmt: skip
    assert cells(data) == [(1, expected)]


def test_lines_tabs_blanks_and_remarks_of_a_cell() -> None:
    inside = (
        "<table:table-cell><office:annotation><text:p>seen</text:p></office:annotation>"
        '<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p><text:p>e</text:p></table:table-cell>'
    )
    assert cells(document(row(inside, cell("f")))) == [(1, ("a  b c\nd\ne", "f"))]


def test_the_sheet_that_names_people_is_read() -> None:
    data = document(
        row(cell("notes")), row(cell("Email"), cell("Nom")) + row(cell("a@example.org"), cell("A"))
    )
    assert [line for _number, line in cells(data)] == [("Email", "Nom"), ("a@example.org", "A")]


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (document(REST), Trouble.EMPTY),
        (document(row(cell("a"), again=1001)), Trouble.TOO_LONG),
        (document(row(cell("a"), again=999_999_999)), Trouble.TOO_LONG),
        (document(row(cell("a", again=302))), Trouble.TOO_WIDE),
        (document(row(cell("a")), declared='<!DOCTYPE a [<!ENTITY b "c">]>'), Trouble.UNREADABLE),
        (document("<table:table-cell>" * 200 + "</table:table-cell>" * 200), Trouble.UNREADABLE),
        (document(row(cell("a")))[:-60], Trouble.UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_too_much_or_broken_has_its_reason(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(TableError) as raised:
        cells(data)
    assert raised.value.trouble == trouble


def test_a_part_that_unpacks_to_too_much_is_not_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b" " * (61 * 1024 * 1024))
    with pytest.raises(TableError, match="too_large"):
        cells(target.getvalue())


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body><table><tr><td>Nom</td></tr></table></body></html>",
        b"\xef\xbb\xbf<!DOCTYPE html>\n<html lang='fr'>",
        b'<?xml version="1.0"?>\n<!-- Excel -->\n<html xmlns:x="urn:schemas-microsoft-com:office:excel">',
        b"  <table border=1><tr><th>Email</th></tr></table>",
    ],
)
def test_a_web_page_is_called_one(page: bytes) -> None:
    with pytest.raises(TableError, match="page"):
        cells(page)
