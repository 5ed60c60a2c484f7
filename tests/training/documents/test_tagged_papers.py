"""What can be checked here of PDF/UA-1 and PDF/A-3: veraPDF needs Java, pypdf reads the same objects.

Structure, language, title, table headers, fonts with their Unicode, and the attached record. Contrast, reading order by
eye and the whole list of ISO 14289-1 are left to veraPDF and people.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from tests.training import build
from tests.training.build import at
from training.documents import certificates
from training.models import Document
from training.signing.paper import printing
from training.signing.sheet import freezing

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
HEAD = ["Nom", "Structure", "Présence", "Acte"]


def names(count: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"Prénom{number}", f"Nom{number}") for number in range(count))


TITLE = "Modèles socio-économiques"


def tags(node: Any) -> Iterator[Any]:
    """Walk the tree of structure elements, each before those within it."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for one in node:
            yield from tags(one)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags(node["/K"])


def attribute(tag: Any, name: str) -> Any:
    """Return an attribute of a structure element, None where it has none of that name."""
    found = [one.get_object() for one in tag.get("/A", [])]
    return next((one[name] for one in found if name in one), None)


def complaints(content: bytes, *, title: str, is_frozen: bool = True) -> list[str]:
    """Return what a paper owes those who read it with a screen reader, or in fifty years, and does not hold."""
    pdf = pypdf.PdfReader(BytesIO(content))
    root: Any = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    found = list(tags(root["/StructTreeRoot"]))
    kinds = [str(tag["/S"]) for tag in found]
    rows = [[str(one["/S"]) for one in tags(tag["/K"])] for tag in found if tag["/S"] == "/TR"]
    cells = [sum(kind in ("/TH", "/TD") for kind in row) for row in rows]
    pages: list[Any] = list(pdf.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    below = [
        font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font for font in fonts
    ]
    owed = {
        "is marked as tagged": bool(root["/MarkInfo"]["/Marked"]),
        "says its language": root["/Lang"] == "fr",
        "shows its title": root["/ViewerPreferences"]["/DisplayDocTitle"] == True,  # noqa: E712 - a PDF boolean
        "has its title": pdf.metadata is not None and pdf.metadata.title == title,
        "says that it is PDF/UA-1": "<pdfuaid:part>1</pdfuaid:part>" in metadata,
        "has one heading": kinds.count("/H1") == 1,
        "has headers that say what they head": all(
            attribute(tag, "/Scope") == "/Column" for tag in found if tag["/S"] == "/TH"
        ),
        "has cells that name their header": all(
            attribute(tag, "/Headers") for tag in found if tag["/S"] == "/TD"
        ),
        "has rows of one length": len(set(cells)) < 2,
        "describes every picture": all(tag.get("/Alt") for tag in found if tag["/S"] == "/Figure"),
        "is read in the order of its tags": all(page.get("/Tabs") == "/S" for page in pdf.pages),
        "has Unicode for every font": all("/ToUnicode" in font for font in fonts),
        "carries its fonts": all(
            any("FontFile" in key for key in font["/FontDescriptor"].get_object()) for font in below
        ),
    }
    if is_frozen:
        owed |= {
            "says that it is PDF/A-3": "<pdfaid:part>3</pdfaid:part>" in metadata,
            "says how its colours are meant": bool(root["/OutputIntents"]),
            "says what is attached": [one.get_object()["/AFRelationship"] for one in root["/AF"]]
            == ["/Data"],
        }
    return [what for what, is_held in owed.items() if not is_held]


@pytest.mark.parametrize("count", [1, 12, 13, 40])
def test_a_sheet_of_any_length_is_tagged_whole(count: int) -> None:
    run = build.run(names(count))
    build.all_sign(run, run.morning, but=(0,))
    document = build.countersign(run.morning)
    assert complaints(bytes(document.pdf), title=f"Feuille d’émargement FE-2026-0001 · {TITLE} (MSE)") == []
    pdf = pypdf.PdfReader(BytesIO(bytes(document.pdf)))
    lines = [" ".join(page.extract_text().split()) for page in pdf.pages]
    assert [" ".join(HEAD) in page for page in lines if "Nom0" in page or "Prénom" in page] != []
    # Everybody once, and no page that holds only what stands below the list.
    outcome = " ".join(lines)
    assert [outcome.count(f"Prénom{number} ") for number in range(count)] == [1] * count
    assert "Prénom" in lines[-1]
    rows = [tag for tag in tags(pdf.trailer["/Root"]["/StructTreeRoot"]) if tag["/S"] == "/TR"]  # type: ignore[index]
    assert len(rows) == count + 1


def test_papers_of_a_person_and_the_sheet_for_pens_are_tagged() -> None:
    run = build.run()
    build.provider(run)
    build.finished(run)
    for kind, title in (
        (Document.Kind.CERTIFICATE, "Certificat de réalisation CR-2026-0001"),
        (Document.Kind.STATEMENT, "Attestation de fin de formation AF-2026-0001"),
    ):
        document = certificates.issue(run.people[0], kind=kind, reason="", by=None, at=at(19))
        assert complaints(bytes(document.pdf), title=f"{title} · {TITLE}") == []
    pens = printing.blank(
        run.morning,
        trainers=freezing.trainers(run.morning),
        describe=freezing.describe(run.morning),
        at=at(8),
    )
    assert (
        complaints(pens, title=f"Feuille d’émargement à signer sur papier · {TITLE} (MSE)", is_frozen=False)
        == []
    )
