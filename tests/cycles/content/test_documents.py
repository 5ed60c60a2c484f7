"""Which files are documents: by their bytes, whatever they are called."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from PIL import Image

from cycles.content import document_words, documents
from cycles.content.documents import Document, DocumentError, Trouble
from tests.cycles.content.test_pictures import image

if TYPE_CHECKING:
    from pathlib import Path

MB = 1024 * 1024


def archive(files: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, content in files.items():
            # A date of its own: every process of a run must collect the same tests.
            out.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def open_document(kind: str, **more: bytes) -> bytes:
    return archive({"mimetype": documents.TYPES[kind].encode(), "content.xml": b"<x/>", **more})


def office(part: str, *more: str, contents: bytes = b"<Types/>") -> bytes:
    return archive({"[Content_Types].xml": contents, part: b"<x/>", **dict.fromkeys(more, b"x")})


PPTX = office("ppt/presentation.xml")
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n%%EOF"


def with_objects(objects: bytes) -> bytes:
    """Return a PDF some of whose objects lie in a compressed stream, as most programs write them."""
    packed = zlib.compress(objects)
    begins = b"%PDF-1.5\n1 0 obj <</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
    return begins + b"%d>>stream\r\n" % len(packed) + packed + b"\r\nendstream endobj\n%%EOF"


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, "pdf"),
        (with_objects(b"1 0 <</Type/Page/A<</S/URI/URI(https://example.org)>> >>"), "pdf"),
        # Words that only resemble: a name that goes on, and the word without its slash.
        (PDF + b"/LaunchPad /JavaScripted (JavaScript)", "pdf"),
        # What some programs leave before it, and every reader passes over.
        (b"\xef\xbb\xbf" + PDF, "pdf"),
        (b"\r\n\r\n" + PDF, "pdf"),
        (open_document("odp"), "odp"),
        (open_document("odt"), "odt"),
        (open_document("ods"), "ods"),
        (PPTX, "pptx"),
        (office("word/document.xml"), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
    ],
)
def test_documents_are_known_and_kept_as_they_are(content: bytes, ending: str) -> None:
    assert documents.read(content) == Document(content=content, ending=ending)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.NOT_TAKEN),
        (b"MZ\x90\x00", Trouble.NOT_TAKEN),
        (b"x\n%PDF-1.4", Trouble.NOT_TAKEN),
        (b"\n" * 2000 + PDF, Trouble.NOT_TAKEN),
        (b"\xef\xbb\xbf\r\n" + PDF + b"2 0 obj <</S/Launch/F(cmd.exe)>> endobj", Trouble.SCRIPT),
        (b"#!/bin/sh\nrm -rf /", Trouble.NOT_TAKEN),
        (b"GIF89a" + b"\0" * 50, Trouble.NOT_TAKEN),
        (b"<svg onload='alert(1)'/>", Trouble.MARKUP),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>", Trouble.MARKUP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, Trouble.OLD),
        (archive({"word/document.xml": b"<w/>"}), Trouble.NOT_TAKEN),
        (archive({"META-INF/MANIFEST.MF": b"", "a.class": b""}), Trouble.NOT_TAKEN),
        (archive({"mimetype": b"application/epub+zip"}), Trouble.NOT_TAKEN),
        (archive({"mimetype": b"application/pdf"}), Trouble.NOT_TAKEN),
        (archive({"content.xml": b"<x/>", "mimetype": documents.TYPES["odp"].encode()}), Trouble.NOT_TAKEN),
        (archive({"mimetype": documents.TYPES["odp"].encode() + b"-template"}), Trouble.NOT_TAKEN),
        (office("ppt/presentation.xml", "ppt/vbaProject.bin"), Trouble.MACROS),
        (office("word/document.xml", "word/activeX/activeX1.bin"), Trouble.MACROS),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), Trouble.MACROS),
        (
            office(
                "word/document.xml",
                contents=b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
            ),
            Trouble.MACROS,
        ),
        (open_document("odp", **{"Basic/Standard/script.xml": b"x"}), Trouble.MACROS),
        (open_document("odt", **{"Scripts/python/a.py": b"x"}), Trouble.MACROS),
        (PPTX[:60], Trouble.BROKEN),
        (PDF + b"2 0 obj <</S /JavaScript /JS (app.alert\\(1\\))>> endobj", Trouble.SCRIPT),
        (PDF + b"2 0 obj <</S/Launch/F(cmd.exe)>> endobj", Trouble.SCRIPT),
        (PDF + b"2 0 obj <</S/J#61va#53cript/JS(1)>> endobj", Trouble.SCRIPT),
        (with_objects(b"1 0 <</S/JavaScript/JS(app.alert)>>"), Trouble.SCRIPT),
        (with_objects(b"1 0 <</S/L#61unch/F(cmd)>>"), Trouble.SCRIPT),
        (PDF + b"2 0 obj <</Type/Obj#53tm>> endobj", Trouble.SCRIPT),
        (PDF + b"/ObjStm" * (documents.MOST_STREAMS + 1), Trouble.BROKEN),
        (with_objects(b" " * (documents.MOST_INFLATED + 1)), Trouble.BROKEN),
        (image()[:3000], Trouble.BROKEN),
    ],
)
def test_what_is_none_is_refused_with_its_reason(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(DocumentError) as caught:
        documents.read(content)
    assert caught.value.trouble == trouble


def test_what_is_not_among_those_asked_for_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        documents.read(office("word/document.xml"), endings=documents.SLIDES)
    assert caught.value.trouble == Trouble.NOT_TAKEN


def test_a_setting_says_how_large_one_may_be(settings: Any) -> None:
    settings.ESCALE_DOCUMENT_MB = 1
    just = PDF + b"0" * (MB - len(PDF))
    assert documents.read(just).ending == "pdf"
    with pytest.raises(DocumentError) as caught:
        documents.read(just + b"0")
    assert caught.value.trouble == Trouble.TOO_LARGE
    assert document_words.trouble(Trouble.TOO_LARGE) == (
        "Ce fichier dépasse 1 Mo\u202f: enregistrez-le en PDF, avec des images plus petites."
    )


def test_a_large_pdf_without_script_is_read_in_time() -> None:
    """Chance makes no script of compressed pictures: neither a name that is sought, nor one with hidden letters."""
    noise = hashlib.shake_256(b"pictures").digest(4 * MB)
    assert documents.read(b"%PDF-1.7\n" + noise).ending == "pdf"


@pytest.mark.parametrize(
    ("kind", "written_as"), [("JPEG", "JPEG"), ("JPEG", "MPO"), ("PNG", "PNG"), ("WEBP", "WEBP")]
)
def test_of_a_picture_only_the_pixels_are_kept(kind: str, written_as: str) -> None:
    written = Image.new("RGB", (300, 200), "navy")
    exif = Image.Exif()
    exif[0x010E] = "Chez Nadia"
    exif[0x0112] = 6
    target = io.BytesIO()
    # A JPEG of telephones holds a second picture, which is none of what was shown.
    others = (
        {"save_all": True, "append_images": [Image.new("RGB", (300, 200), "red")]}
        if written_as == "MPO"
        else {}
    )
    written.save(target, written_as, exif=exif, comment=b"Chez Nadia", dpi=(72, 72), **others)
    assert b"Chez Nadia" in target.getvalue()
    document = documents.read(target.getvalue())
    with Image.open(io.BytesIO(document.content)) as kept:
        # Upright: what was turned by a note is turned itself.
        assert (kept.format, kept.size, dict(kept.getexif())) == (kind, (200, 300), {})
    assert b"Chez Nadia" not in document.content


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    target = io.BytesIO()
    Image.new("1", (4000, 4001)).save(target, "PNG")
    with pytest.raises(DocumentError) as caught:
        documents.read(target.getvalue())
    assert caught.value.trouble == Trouble.PIXELS


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Leviers d’action.PDF.exe", "Leviers d action.PDF.pdf"),
        ("../../etc/passwd", "guide.pdf"),
        ("C:\\Users\\nadia\\été.pdf", "C Users nadia été.pdf"),
        ('a"\r\nSet-Cookie: x=1.pdf', "a Set-Cookie  x 1.pdf"),
        ("", "guide.pdf"),
        ("x" * 300 + ".pdf", "x" * 154 + ".pdf"),
    ],
)
def test_a_name_to_save_under_says_what_it_is(name: str, safe: str) -> None:
    assert documents.read(PDF).safe_name(name, otherwise="guide") == safe


def test_every_trouble_has_words_in_both_languages(settings: Any) -> None:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said = [document_words.trouble(trouble) for trouble in Trouble]
        assert len(set(said)) == len(Trouble)
    assert document_words.kinds() == "PDF, ODP, ODT, ODS, PPTX, DOCX, XLSX, JPEG, PNG, WebP"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (1, "1\u00a0ko", "1\u00a0kB"),
        (14_400, "14\u00a0ko", "14\u00a0kB"),
        (2_411_725, "2,3\u00a0Mo", "2.3\u00a0MB"),
        (20 * MB, "20,0\u00a0Mo", "20.0\u00a0MB"),
    ],
)
def test_a_size_is_said_as_people_say_it(size: int, french: str, english: str) -> None:
    assert document_words.size(size) == french
    with translation.override("en"):
        assert document_words.size(size) == english


def test_a_kept_file_is_found_by_what_it_holds(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = documents.read(PDF)
    assert documents.find(document.digest) is None
    documents.keep(document)
    documents.keep(document)
    assert documents.find(document.digest) == tmp_path / "documents" / f"{document.digest}.pdf"
    assert [path.name for path in (tmp_path / "documents").iterdir()] == [f"{document.digest}.pdf"]
