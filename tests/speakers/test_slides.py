"""Which documents are slides: what the form of a speaker takes."""

from __future__ import annotations

import pytest

from cycles.content.documents import DocumentError, Trouble
from speakers.cards import slides
from tests.cycles.content.test_documents import PDF, PPTX, office, open_document


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (open_document("odp"), "odp"), (PPTX, "pptx")])
def test_slides_are_known(content: bytes, ending: str) -> None:
    assert slides.read(content).ending == ending


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (open_document("odt"), Trouble.NOT_TAKEN),
        (office("word/document.xml"), Trouble.NOT_TAKEN),
        (office("ppt/presentation.xml", "ppt/vbaProject.bin"), Trouble.MACROS),
    ],
)
def test_other_documents_are_none(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(DocumentError) as caught:
        slides.read(content)
    assert caught.value.trouble == trouble
