"""OpenDocument spreadsheets for tests, as LibreOffice, Excel and Google write them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">{declared}<office:body><office:spreadsheet>'
)
# The empty rest of a sheet, down to its last row and to its last column.
REST = (
    '<table:table-row table:number-rows-repeated="1048573">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def cell(text: str, *, again: int = 1) -> str:
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) if text else ""
    return f'<table:table-cell table:number-columns-repeated="{again}">{lines}</table:table-cell>'


def row(*cells: str, again: int = 1) -> str:
    rest = '<table:table-cell table:number-columns-repeated="16000"/>'
    return f'<table:table-row table:number-rows-repeated="{again}">{"".join(cells)}{rest}</table:table-row>'


def document(*sheets: str, declared: str = "") -> bytes:
    """Return a spreadsheet; a sheet is its rows."""
    head = HEAD.format(declared=declared)
    if declared:
        head = head.replace("<office:document-content", f"{declared}<office:document-content").replace(
            f">{declared}<office:body>", "><office:body>"
        )
    tables = "".join(f'<table:table table:name="S">{sheet}</table:table>' for sheet in sheets)
    content = f"{head}{tables}</office:spreadsheet></office:body></office:document-content>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", TYPE)
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def spreadsheet(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a spreadsheet of one sheet; equal cells and rows that follow each other are written once."""
    written = []
    for cells in rows:
        made: list[list[object]] = []
        for text in cells:
            if made and made[-1][0] == text:
                made[-1][1] = int(str(made[-1][1])) + 1
            else:
                made.append([text, 1])
        written.append(row(*(cell(str(text), again=int(str(count))) for text, count in made)))
    return document("".join(written) + REST)
