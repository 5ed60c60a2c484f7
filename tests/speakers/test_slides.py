"""Which files are slides: by their bytes, whatever they are called."""

from __future__ import annotations

import io
import zipfile

import pytest

from speakers.cards import slides
from speakers.cards.slides import SlidesError, Trouble


def archive(**files: bytes) -> bytes:
    """Return a ZIP archive of these files; two underscores stand for a slash, one before `xml` or `bin` for a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, content in files.items():
            path = name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin")
            # A date of its own: every process of a run must collect the same tests.
            out.writestr(zipfile.ZipInfo(path), content)
    return target.getvalue()


PPTX = {"[Content_Types]_xml": b"<Types/>", "ppt__presentation_xml": b"<p/>"}


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (archive(mimetype=slides.ODP, content_xml=b"<x/>"), "odp"),
        (archive(**PPTX), "pptx"),
    ],
)
def test_slides_are_known(content: bytes, ending: str) -> None:
    assert slides.read(content).ending == ending


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.NO_SLIDES),
        (b"MZ\x90\x00", Trouble.NO_SLIDES),
        (b"\n%PDF-1.4", Trouble.NO_SLIDES),
        (b"<svg/>", Trouble.NO_SLIDES),
        (archive(word__document_xml=b"<w/>"), Trouble.NO_SLIDES),
        (archive(mimetype=b"application/vnd.oasis.opendocument.text"), Trouble.NO_SLIDES),
        (archive(content_xml=b"<x/>", mimetype=slides.ODP), Trouble.NO_SLIDES),
        (archive(**PPTX, ppt__vbaProject_bin=b"x"), Trouble.MACROS),
        (archive(mimetype=slides.ODP, Basic__Standard__script_xml=b"x"), Trouble.MACROS),
        (archive(**PPTX)[:60], Trouble.BROKEN),
        (b"%PDF-" + b"0" * slides.LARGEST, Trouble.TOO_LARGE),
    ],
)
def test_what_is_none_is_refused_with_its_reason(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(SlidesError) as caught:
        slides.read(content)
    assert caught.value.trouble == trouble
