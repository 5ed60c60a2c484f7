"""Logos in mails and papers: a small PNG made of the kept file once, as neither shows WebP everywhere.

It stands on white, on which most logos are drawn: what is transparent would vanish on a dark ground.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from PIL import Image

from cycles.language import naming

from . import accents, pictures

if TYPE_CHECKING:
    from cycles.models import Picture, Programme

# Its pixels, so many for each of those that are shown: fine screens have more.
WIDE, HIGH = 320, 96
FINER = 2
# A mail is not made much heavier: (share of the size, colours), tried in this order until it is light enough.
LIGHT = 12 * 1024
STEPS = ((1.0, 256), (1.0, 64), (0.75, 64), (0.5, 64), (0.4, 32))
WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Logo:
    """A picture small enough to travel along; `width` and `height` are those at which it is shown.

    `alt` is empty for one that only decorates.
    """

    digest: str
    png: bytes
    width: int
    height: int
    alt: str
    # Of the description, where it is not in the language that was asked for.
    alt_lang: str = ""


def logo(picture: Picture | None) -> Logo | None:
    """Return a picture as a logo described in the active language; None without one, or while its file is away."""
    if picture is None:
        return None
    try:
        png, width, height = _small(picture.digest)
    except OSError:
        # The folder of pictures may be restored later than the database: nothing waits for it.
        return None
    alt = "" if picture.is_decorative else str(picture.alt)
    return Logo(
        digest=picture.digest,
        png=png,
        width=width,
        height=height,
        alt=alt,
        alt_lang=naming.fallback(picture.alt) if alt else "",
    )


def in_french(picture: Picture | None) -> Logo | None:
    """Return a picture as a logo for papers, which are in French whatever the page."""
    with translation.override("fr"):
        return logo(picture)


def look(programme: Programme | None) -> dict[str, Any]:
    """Return the colour and the logo of a programme as a Typst source of ours reads them."""
    if programme is None:
        return {"color": accents.OWN.light, "logo": None}
    shown = logo(getattr(programme, "picture", None))
    return {
        "color": accents.of(programme.accent).light,
        "logo": drawn(shown.png, alt=shown.alt or str(programme.title)) if shown else None,
    }


def drawn(png: bytes, *, alt: str) -> dict[str, Any]:
    """Return a picture as a Typst source reads it: data come as JSON, which has no bytes."""
    return {"png": list(png), "alt": alt}


@functools.lru_cache(maxsize=128)
def _small(digest: str) -> tuple[bytes, int, int]:
    """Return a PNG of at most LIGHT bytes, and the size at which it is shown.

    A name stands for one content, so it is made once.
    """
    with Image.open(pictures.folder() / pictures.name(digest, size="s"), formats=("WEBP",)) as opened:
        whole = opened.convert("RGBA")
    ground = Image.new("RGBA", whole.size, (*WHITE, 255))
    flat = Image.alpha_composite(ground, whole).convert("RGB")
    scale = min(WIDE / flat.width, HIGH / flat.height, 1)
    data = b""
    for share, colors in STEPS:
        size = _times(flat.size, scale * share)
        target = io.BytesIO()
        flat.resize(size, Image.Resampling.LANCZOS).quantize(colors).save(target, "PNG", optimize=True)
        data = target.getvalue()
        if len(data) <= LIGHT:
            break
    return data, *_times(flat.size, scale / FINER)


def _times(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
