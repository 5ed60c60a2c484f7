"""Pictures: made anew, refused with a reason, served as nothing but images, swept when nothing shows them."""

from __future__ import annotations

import datetime as dt
import io
import os
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.management import call_command
from PIL import Image

from cycles.content import editing, pictures
from cycles.content.pictures import PictureError, Trouble
from cycles.models import FeedDay, Picture
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

AT = make.AT
DAY = dt.timedelta(days=1)
ORIENTATION, GPS = 0x0112, 0x8825


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "pictures"


def image(
    width: int = 800, height: int = 400, *, form: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    target = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert(mode).save(target, form, **options)
    return target.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it is enormous."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "L")],
)
def test_each_kind_is_made_anew_in_three_widths(form: str, mode: str) -> None:
    prepared = pictures.prepare(image(2000, 1000, form=form, mode=mode))
    made = [Image.open(io.BytesIO(data)) for data in (prepared.wide, prepared.narrow, prepared.tiny)]
    assert [(each.format, each.size) for each in made] == [
        ("WEBP", (1600, 800)),
        ("WEBP", (640, 320)),
        ("WEBP", (240, 120)),
    ]
    assert (prepared.width, prepared.height, prepared.small_width) == (1600, 800, 640)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photograph_with_a_second_one_behind_it_is_the_first(orientation: int) -> None:
    """Telephones and cameras write these under .jpg, as large as any photograph."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    second = Image.new("RGB", (800, 400))
    alone = image(5000, 4000, exif=exif)
    with_another = image(5000, 4000, form="MPO", exif=exif, save_all=True, append_images=[second])
    assert Image.open(io.BytesIO(with_another)).format == "MPO"
    assert pictures.prepare(with_another) == pictures.prepare(alone)


def test_sixteen_bits_of_grey_are_as_grey_as_eight() -> None:
    grey = Image.radial_gradient("L").resize((800, 400))
    target = io.BytesIO()
    grey.convert("I").point(lambda value: value * 257).convert("I;16").save(target, "PNG")
    assert Image.open(io.BytesIO(target.getvalue())).mode == "I;16"
    assert pictures.prepare(target.getvalue()) == pictures.prepare(image(800, 400, form="PNG", mode="L"))


def test_a_small_picture_is_not_blown_up() -> None:
    prepared = pictures.prepare(image(300, 200))
    assert (prepared.width, prepared.height, prepared.small_width) == (300, 200, 300)


def test_it_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    prepared = pictures.prepare(image(800, 400, exif=exif))
    assert (prepared.width, prepared.height) == (400, 800)
    for data in (prepared.wide, prepared.narrow):
        kept = Image.open(io.BytesIO(data))
        assert dict(kept.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile"} & set(kept.info)


def test_a_large_photograph_is_made_small_before_it_is_turned() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    prepared = pictures.prepare(image(6000, 4500, exif=exif))
    assert (prepared.width, prepared.height, prepared.small_width) == (1600, 2133, 640)


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", Trouble.NO_PICTURE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', Trouble.NO_PICTURE),
        (b"<!doctype html><script>alert(1)</script>", Trouble.NO_PICTURE),
        (b"%PDF-1.7", Trouble.NO_PICTURE),
        (image(form="GIF", mode="P"), Trouble.NO_PICTURE),
        (image(form="TIFF"), Trouble.NO_PICTURE),
        (image()[:3000], Trouble.BROKEN),
        (image(form="PNG")[:3000], Trouble.BROKEN),
        (image(199, 900), Trouble.TOO_SMALL),
        (image(250, 20_000, form="PNG"), Trouble.TOO_LONG),
        (image(20_000, 250), Trouble.TOO_LONG),
        (image(4001, 3000, form="PNG"), Trouble.TOO_MANY_PIXELS),
        (image(4001, 3000, progressive=True), Trouble.TOO_MANY_PIXELS),
        (bomb(7000), Trouble.TOO_MANY_PIXELS),
        (bomb(60_000), Trouble.TOO_MANY_PIXELS),
        (b"\xff\xd8\xff" + b"x" * 20_000_000, Trouble.TOO_LARGE),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, trouble: Trouble, media: Path) -> None:
    with pytest.raises(PictureError) as raised:
        pictures.prepare(data)
    assert raised.value.trouble == trouble
    assert not media.exists()


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    prepared = pictures.prepare(image() + b"<script>alert(1)</script>")
    assert b"script" not in prepared.wide + prepared.narrow


@pytest.mark.django_db
def test_a_picture_is_served_as_an_image_and_nothing_else(client: Client) -> None:
    prepared = pictures.prepare(image())
    editing.set_picture(make.session(), prepared=prepared, alt="Un pont", is_decorative=False, by=None, at=AT)
    for ending, data in (("", prepared.wide), ("-s", prepared.narrow)):
        answer: Any = client.get(f"/media/pictures/{prepared.digest}{ending}.webp")
        assert b"".join(answer.streaming_content) == data
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["0" * 64 + ".webp", "../secret_key", "..%2Fsecret_key", "", "0" * 64 + ".svg", "A" * 64 + ".webp"],
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(f"/media/pictures/{path}").status_code == 404


@pytest.mark.django_db
def test_files_that_nothing_shows_are_swept(media: Path) -> None:
    session, other = make.session(), make.session()
    prepared = pictures.prepare(image())
    for row in (session, other):
        editing.set_picture(row, prepared=prepared, alt="Un pont", is_decorative=False, by=None, at=AT)
    editing.remove_picture(session, by=None, at=AT)
    long_ago = (AT - 2 * DAY).timestamp()
    for path in media.iterdir():
        os.utime(path, (long_ago, long_ago))
    assert pictures.sweep(at=AT, older_than=DAY) == 0
    editing.remove_picture(other, by=None, at=AT)
    os.utime(next(media.iterdir()), (AT.timestamp(), AT.timestamp()))
    assert pictures.sweep(at=AT, older_than=DAY) == 2
    assert pictures.sweep(at=AT + 2 * DAY, older_than=DAY) == 1
    assert list(media.iterdir()) == []


@pytest.mark.django_db
def test_a_command_sweeps_where_no_celery_runs(media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = make.session()
    editing.set_picture(
        session, prepared=pictures.prepare(image()), alt="Un pont", is_decorative=False, by=None, at=AT
    )
    editing.remove_picture(session, by=None, at=AT)
    FeedDay.objects.create(day=(AT - DAY).date())
    for path in media.iterdir():
        os.utime(path, (0, 0))
    with time_machine.travel(AT, tick=False):
        call_command("sweep")
    assert capsys.readouterr().out == "3 files of pictures deleted\n0 files of documents deleted\n"
    assert (list(media.iterdir()), FeedDay.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_nothing_is_described_where_there_is_no_picture() -> None:
    session = make.session()
    with pytest.raises(ValueError, match="no picture"):
        editing.set_picture(session, prepared=None, alt="x", is_decorative=False, by=None, at=AT)


@pytest.mark.django_db
def test_a_logo_goes_with_its_organisation_and_is_no_reason_to_keep_it() -> None:
    organisation = make.organisation()
    make.logo(organisation)
    assert editing.references(organisation) == []
    editing.delete(organisation, by=None, at=AT)
    assert Picture.objects.count() == 0
