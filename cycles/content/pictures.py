"""The files of pictures: read as pixels, made anew in three widths, kept under the name of their content.

What was uploaded is never kept nor served: it is decoded, turned upright, bounded and written again as WebP, so
nothing but pixels is left of it (no place where it was taken, no second file hidden behind the first).
"""

from __future__ import annotations

import enum
import hashlib
import io
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from cycles.models import Picture

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

LARGEST = 5 * 1024 * 1024
# A JPEG is decoded at a fraction of its size. Others are not, nor those JPEGs that come in passes: all of their
# pixels lie in memory at once, four bytes each.
MOST_PIXELS = 40_000_000
MOST_WHOLE_PIXELS = 12_000_000
# Of a picture to download, which keeps its size: a photo of twelve million pixels has a few more.
MOST_KEPT_PIXELS = 16_000_000
# As many times as wide that a picture may be high, or as high that it may be wide.
LONGEST_SHAPE = 5
SMALLEST = 200
WIDE, NARROW, TINY = 1600, 640, 240
QUALITY = 80
QUALITY_KEPT = 90
# The only kinds that are decoded at all, by what the bytes say.
FORMATS = ("JPEG", "PNG", "WEBP")
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
FOLDER = "pictures"
ENDING = ".webp"
DIGEST = 64
ORIENTATION = 0x0112
TURNED = (5, 6, 7, 8)
PLAIN = ("L", "LA", "RGB", "RGBA")
# One picture of a process at a time: memory is what they cost.
_one = threading.Lock()


class Trouble(enum.StrEnum):
    """Why a picture cannot be taken."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_LONG = "too_long"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"


class PictureError(ValueError):
    """The file cannot be taken; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A picture ready to be kept: its files, and the sizes that the pages say beforehand."""

    wide: bytes
    narrow: bytes
    # Beside a name, as a logo of many on a page.
    tiny: bytes
    width: int
    height: int
    small_width: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.wide).hexdigest()


def prepare(data: bytes) -> Prepared:
    """Return a picture made anew from an uploaded JPEG, PNG or WebP (the first frame). Raises PictureError."""
    if len(data) > LARGEST:
        raise PictureError(Trouble.TOO_LARGE)
    with _one:
        opened = _opened(data)
        _check_size(opened)
        try:
            wide = _upright(opened)
        except Exception:  # noqa: BLE001 - a broken file makes the decoders raise anything
            raise PictureError(Trouble.BROKEN) from None
        narrow = _bounded(wide, NARROW)
        return _prepared(wide, narrow)


def written_anew(data: bytes) -> tuple[bytes, str]:
    """Return a picture to download, upright, of its size and kind, with nothing but its pixels; and its ending.

    Raises PictureError.
    """
    with _one:
        opened = _opened(data)
        kind = _kind(opened)
        if opened.width * opened.height > MOST_KEPT_PIXELS:
            raise PictureError(Trouble.TOO_MANY_PIXELS)
        target = io.BytesIO()
        try:
            image = ImageOps.exif_transpose(opened)
            if kind == "JPEG" and image.mode != "L":
                image = image.convert("RGB")
            # Writers take from here what they are not given: where it was taken, comments, a colour profile.
            image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
            image.save(target, kind, quality=QUALITY_KEPT)
        except Exception:  # noqa: BLE001 - a broken file makes the decoders raise anything
            raise PictureError(Trouble.BROKEN) from None
        return target.getvalue(), ENDINGS[kind]


def _kind(opened: Image.Image) -> str:
    """Return which of FORMATS a picture is: one of JPEG whatever stands behind it, as many telephones write (MPO)."""
    return "JPEG" if isinstance(opened, JpegImageFile) else opened.format or ""


def _eight_bits(opened: Image.Image) -> Image.Image:
    """Return a picture of sixteen bits of grey as one of eight; any other as it is."""
    return (
        opened.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")
        if opened.mode[0] == "I"
        else opened
    )


def _check_size(opened: Image.Image) -> None:
    """Raise PictureError for what would be too much, or come to nothing, before a pixel is decoded."""
    pixels = opened.width * opened.height
    is_whole = _kind(opened) != "JPEG" or "progressive" in opened.info
    if pixels > (MOST_WHOLE_PIXELS if is_whole else MOST_PIXELS):
        raise PictureError(Trouble.TOO_MANY_PIXELS)
    if min(opened.size) < SMALLEST:
        raise PictureError(Trouble.TOO_SMALL)
    if max(opened.size) > LONGEST_SHAPE * min(opened.size):
        raise PictureError(Trouble.TOO_LONG)


def _upright(opened: Image.Image) -> Image.Image:
    """Return a picture at most WIDE wide, turned upright. It is made small first: each step copies all pixels."""
    turned = opened.getexif().get(ORIENTATION) in TURNED
    width = opened.height if turned else opened.width
    scale = min(WIDE / width, 1)
    if scale < 1:
        # Decodes a JPEG at an eighth, a quarter or a half of its size, still twice what is wanted.
        opened.draft("RGB", (round(opened.width * scale * 2), round(opened.height * scale * 2)))
    image = _eight_bits(opened)
    if image.mode not in PLAIN:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if scale < 1:
        width = image.height if turned else image.width
        scale = WIDE / width
        size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        image = image.resize(size, Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image)
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _prepared(wide: Image.Image, narrow: Image.Image) -> Prepared:
    return Prepared(
        wide=_written(wide),
        narrow=_written(narrow),
        tiny=_written(_bounded(narrow, TINY)),
        width=wide.width,
        height=wide.height,
        small_width=narrow.width,
    )


def _opened(data: bytes) -> Image.Image:
    """Return a picture whose first bytes were read: what it is and how large, before a pixel is decoded."""
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureError(Trouble.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise PictureError(Trouble.NO_PICTURE) from None
    except Exception:  # noqa: BLE001 - likewise
        raise PictureError(Trouble.BROKEN) from None


def _bounded(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    return image.resize((width, max(round(image.height * width / image.width), 1)), Image.Resampling.LANCZOS)


def _written(image: Image.Image) -> bytes:
    target = io.BytesIO()
    # No metadata is handed on: neither EXIF, nor XMP, nor a colour profile.
    image.save(target, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return target.getvalue()


def folder() -> Path:
    path: Path = settings.MEDIA_ROOT / FOLDER
    return path


def name(digest: str, *, size: str = "") -> str:
    """Return the name of a file; `size` is "", "s" (NARROW) or "t" (TINY)."""
    return f"{digest}-{size}{ENDING}" if size else f"{digest}{ENDING}"


def keep(prepared: Prepared) -> None:
    """Write the files of a picture; they are there already when it was uploaded before."""
    folder().mkdir(parents=True, exist_ok=True)
    for content, size in ((prepared.wide, ""), (prepared.narrow, "s"), (prepared.tiny, "t")):
        path = folder() / name(prepared.digest, size=size)
        if not path.exists():
            # Never half a file under its name, whoever looks meanwhile.
            waiting = path.with_suffix(".tmp")
            waiting.write_bytes(content)
            waiting.replace(path)


def sweep(*, at: dt.datetime, older_than: dt.timedelta) -> int:
    """Delete the files that no picture names any more and that are older; return how many."""
    if not folder().is_dir():
        return 0
    known = set(Picture.objects.values_list("digest", flat=True))
    removed = 0
    for path in folder().iterdir():
        is_old = path.stat().st_mtime < (at - older_than).timestamp()
        if path.name[:DIGEST] not in known and is_old:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
