"""A PDF is handed out in one way."""

from __future__ import annotations

import pytest

from web import papers


@pytest.mark.parametrize(
    ("name", "is_shown", "disposition"),
    [
        ("tour.pdf", False, 'attachment; filename="tour.pdf"'),
        ("tour.pdf", True, 'inline; filename="tour.pdf"'),
        ("été.pdf", False, "attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf"),
    ],
)
def test_a_pdf_has_its_name_and_is_in_no_search_engine(
    name: str, *, is_shown: bool, disposition: str
) -> None:
    response = papers.pdf(b"%PDF-", name, is_shown=is_shown)
    assert response.content == b"%PDF-"
    assert {key: response[key] for key in ("Content-Type", "Content-Disposition", "X-Robots-Tag")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": disposition,
        "X-Robots-Tag": "noindex",
    }
