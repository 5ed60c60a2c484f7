"""The buttons that open a preview in each language."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation


def test_a_language_is_named_in_the_language_of_the_page() -> None:
    context = {"previews": [("fr", "/fr/preview/"), ("en", "/en/preview/")]}
    with translation.override("fr"):
        html = render_to_string("desk/content/_preview_buttons.html", context)
    assert [name in html for name in ("français", "anglais", "French", "English")] == [
        True,
        True,
        False,
        False,
    ]
