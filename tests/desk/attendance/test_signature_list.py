"""The list of a session to print: names by the alphabet, a column to sign, empty lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from accounts.models import AuditEntry
from cycles.models import Membership
from registrations.models import State
from tests import make
from tests.training.documents.test_tagged_papers import tags

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (3, 1), (60, 3)])
def test_everybody_with_a_place_is_on_it_to_sign(client: Client, count: int, pages: int) -> None:
    programme = make.programme()
    session = make.session(cycle=make.cycle(slug="tour", programme=programme), slug="escale-02")
    for number in range(count):
        make.registration(
            session=session,
            participant=make.participant(
                family_name=f"{'ZÉA'[number % 3]}nom{number:02d}",
                given_name="",
                email="",
                email_key=f"none:{number}",
            ),
        )
    make.registration(
        session=session, state=State.WAITLISTED, participant=make.participant(family_name="Attend")
    )
    client.force_login(make.membership(programme=programme, role=Membership.Role.TRAINER).user)
    AuditEntry.objects.all().delete()
    response = client.get("/fr/desk/cycles/tour/sessions/escale-02/attendance.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(response.content))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) == pages
    assert text.count("Signature") == pages
    assert "Attend\n" not in text
    listed = [word for word in text.split() if "nom" in word and word[0] in "ZÉA"]
    assert len(listed) == count
    assert listed == sorted(listed, key=lambda name: ("AÉZ".index(name[0]), name))
    assert list(AuditEntry.objects.values_list("verb", "detail", "count")) == [
        ("attendance.export", "pdf", count)
    ]


def test_it_has_the_logo_of_the_programme(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    programme = make.programme()
    make.logo(programme)
    make.registration(
        session=make.session(cycle=make.cycle(slug="tour", programme=programme), slug="escale-02")
    )
    client.force_login(make.membership(programme=programme, role=Membership.Role.TRAINER).user)
    response = client.get("/fr/desk/cycles/tour/sessions/escale-02/attendance.pdf")
    root: Any = PdfReader(io.BytesIO(response.content)).trailer["/Root"]
    shown = [str(tag["/Alt"]) for tag in tags(root["/StructTreeRoot"]) if tag["/S"] == "/Figure"]
    assert (shown, root["/MarkInfo"]["/Marked"]) == (["Trois vagues bleues"], True)
