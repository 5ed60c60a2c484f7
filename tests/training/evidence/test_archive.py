"""The archive: every file hashes to what the manifest says, and memory holds one file at a time."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tracemalloc
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evidence import archive
from training.evidence.questions import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = dt.datetime(2026, 10, 7, 8, 30, tzinfo=dt.UTC)
COVER = archive.Cover(
    title="Preuves <b>", facts=[("Émis par", "Asso")], missing=["2 personnes"], made_at=AT, language="fr"
)


def part(name: str, *pieces: bytes) -> Part:
    return Part(name=name, about=f"À propos de {name}", content=partial(iter, pieces))


def unzipped(*parts: Part) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive.pieces(parts, cover=COVER))))


@given(st.lists(st.lists(st.binary(max_size=200), max_size=4), max_size=5))
def test_each_file_hashes_to_what_the_manifest_says(contents: list[list[bytes]]) -> None:
    names = [f"sheets/FE-2026-000{n}.{'pdf' if n % 2 else 'csv'}" for n in range(len(contents))]
    found = unzipped(*(part(name, *pieces) for name, pieces in zip(names, contents, strict=True)))
    assert found.testzip() is None
    assert found.namelist() == [*names, "MANIFEST.json", "index.html"]
    manifest = json.loads(found.read("MANIFEST.json"))
    assert [(one["name"], one["sha256"], one["bytes"]) for one in manifest["files"]] == [
        (name, hashlib.sha256(found.read(name)).hexdigest(), len(found.read(name))) for name in names
    ]
    assert [found.read(name) for name in names] == [b"".join(pieces) for pieces in contents]


def test_the_index_is_readable_and_nothing_in_it_is_markup() -> None:
    found = unzipped(part("trainees.csv", b"x"))
    index = found.read("index.html").decode()
    assert "Preuves &lt;b&gt;" in index
    assert "2 personnes" in index
    assert '<a href="trainees.csv">' in index
    assert hashlib.sha256(b"x").hexdigest() in index


@pytest.mark.parametrize(
    "name",
    [
        "é.pdf",
        "../x",
        "/x",
        "a//b",
        "a b",
        ".hidden",
        "a/.b",
        "MANIFEST.json",
        "INDEX.html",
        "x" * 101,
        "",
        "a\\b",
        "con:",
    ],
)
def test_names_that_some_system_could_not_unpack_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="archive"):
        unzipped(part(name, b"x"))


def test_a_name_comes_once_whatever_its_capitals() -> None:
    with pytest.raises(ValueError, match="archive"):
        unzipped(part("a.pdf", b"x"), part("A.pdf", b"y"))


def test_memory_holds_one_file_at_a_time() -> None:
    megabyte = 1024 * 1024

    def content() -> Iterator[bytes]:
        yield os.urandom(megabyte)

    parts = [Part(name=f"scan-{n}.pdf", about="", content=content) for n in range(30)]
    tracemalloc.start()
    size = sum(len(piece) for piece in archive.pieces(iter(parts), cover=COVER))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 29 * megabyte
    assert peak < 8 * megabyte
