"""Sending a table as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation

from . import sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.http import HttpResponseBase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    name: str, *, ending: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponseBase:
    """Return a table as `name.csv`, sent while it is read, or `name.xlsx`, which is written first."""
    if ending == "xlsx":
        return HttpResponse(
            sheets.xlsx(header, rows, title=name),
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
        )
    # Lines are made while they are sent, after the request's language has been put away.
    language = translation.get_language() or "fr"
    return StreamingHttpResponse(
        _in_language(sheets.csv_lines(header, rows), language),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _in_language(lines: Iterator[str], language: str) -> Iterator[str]:
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
