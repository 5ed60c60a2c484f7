"""The colour and the logo of a programme: each colour can be read in the light and in the dark; pages carry them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cycles.content import accents
from cycles.models import Picture
from cycles.models.shared import Color
from tests import make

if TYPE_CHECKING:
    from django.test import Client

STYLES = (Path(__file__).parents[3] / "static" / "escale.css").read_text(encoding="utf-8")
PAIR = re.compile(r"light-dark\((#\w{3,6}), (#\w{3,6})\)")
# What stands behind links, and what buttons are made of.
GROUNDS = ("paper", "sheet", "wash")
READABLE = 4.5


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 to 1."""
    digits = color.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(block: str) -> dict[str, tuple[str, str]]:
    """Return {name: (in the light, in the dark)} of the custom properties in a block of the style sheet."""
    result = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]+);", block):
        if found := PAIR.fullmatch(value):
            result[name] = (found[1], found[2])
    return result


def block_of(selector: str) -> str:
    found = re.search(rf"{re.escape(selector)} \{{([^}}]*)\}}", STYLES)
    return found[1] if found else ""


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert round(contrast("#000", "#fff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("color", Color.values)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_each_colour_can_be_read(color: str, scheme: int) -> None:
    site, own = tokens(block_of(":root")), tokens(block_of(f"[data-accent={color}]"))
    assert set(own) == {"act", "act-deep", "act-ink"}
    weak = {
        (name, ground): round(contrast(own[name][scheme], site[ground][scheme]), 2)
        for name in ("act", "act-deep")
        for ground in GROUNDS
        if contrast(own[name][scheme], site[ground][scheme]) < READABLE
    }
    weak |= {
        ("act-ink", name): round(contrast(own["act-ink"][scheme], own[name][scheme]), 2)
        for name in ("act", "act-deep")
        if contrast(own["act-ink"][scheme], own[name][scheme]) < READABLE
    }
    assert weak == {}


def test_mails_and_papers_have_the_colours_of_the_pages() -> None:
    of_pages = {color: tokens(block_of(f"[data-accent={color}]"))["act"] for color in Color.values}
    assert {color: tuple(accents.of(color)) for color in Color.values} == of_pages
    assert tuple(accents.of("")) == tokens(block_of(":root"))["act"]


@pytest.mark.django_db
@pytest.mark.parametrize("is_published", [True, False])
def test_the_pages_of_a_public_programme_carry_its_colour_and_its_logo(
    client: Client, *, is_published: bool
) -> None:
    programme = make.programme(slug="quais", accent="navy", is_published=is_published)
    cycle = make.cycle(slug="tour", programme=programme)
    make.session(cycle=cycle, slug="escale-02")
    Picture.objects.create(
        programme=programme, alt={"fr": "Les Quais"}, digest="a" * 64, width=400, height=100, small_width=400
    )
    pages = ["/fr/cycles/tour/", "/fr/cycles/tour/escale-02/"]
    pages.append(f"/fr/cycles/{make.run(module=make.module(slug='lire', programme=programme)).slug}/")
    pages += ["/fr/modules/lire/", "/fr/cycles/tour/escale-02/times/"]
    if is_published:
        pages.append("/fr/programmes/quais/")
    for page in pages:
        text = client.get(page).content.decode()
        assert ('data-accent="navy"' in text) is is_published, page
        assert ('alt="Les Quais"' in text) is is_published, page


@pytest.mark.django_db
def test_a_page_without_a_colour_is_the_sites(client: Client) -> None:
    make.session(cycle=make.cycle(slug="tour", programme=make.programme()), slug="escale-02")
    assert "<body>" in client.get("/fr/cycles/tour/").content.decode()
