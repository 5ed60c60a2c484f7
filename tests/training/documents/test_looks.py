"""The logo and the colour of papers: described for those who do not see them, and known to no record or hash."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from cycles.content import editing
from cycles.models import Programme
from tests import make
from tests.training import build
from tests.training.build import at
from tests.training.documents.test_tagged_papers import complaints, tags
from training.documents import certificates
from training.documents.issued import checking, issuers
from training.documents.printed import looks
from training.models import Document

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
CERTIFICATE = Document.Kind.CERTIFICATE
TITLE = "Certificat de réalisation"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def described(content: bytes) -> list[str]:
    """Return what the pictures of a paper show, in words."""
    root: Any = pypdf.PdfReader(BytesIO(content)).trailer["/Root"]
    return [str(tag["/Alt"]) for tag in tags(root["/StructTreeRoot"]) if tag["/S"] == "/Figure"]


def fresh(run: build.Run) -> Programme:
    return Programme.objects.get(pk=run.programme.pk)


def test_a_certificate_has_the_logo_of_who_issues_it_and_is_tagged_whole() -> None:
    run = build.run()
    provider = build.provider(run)
    build.finished(run)
    make.logo(provider.organisation, alt={"fr": "Un phare", "en": "A lighthouse"})
    make.logo(run.programme, color="#112233")
    document = certificates.issue(run.people[0], kind=CERTIFICATE, reason="", by=None, at=at(19))
    assert complaints(bytes(document.pdf), title=f"{TITLE} CR-2026-0001 · Modèles socio-économiques") == []
    assert described(bytes(document.pdf)) == ["Un phare"]


def test_what_was_issued_stays_and_its_record_knows_of_no_logo() -> None:
    run = build.run()
    provider = build.provider(run)
    build.finished(run)
    plain = certificates.issue(run.people[0], kind=CERTIFICATE, reason="", by=None, at=at(19))
    before = bytes(plain.pdf)
    make.logo(provider.organisation)
    Programme.objects.filter(pk=run.programme.pk).update(accent="firebrick")
    with_logo = certificates.issue(run.people[1], kind=CERTIFICATE, reason="", by=None, at=at(19))
    plain.refresh_from_db()
    assert bytes(plain.pdf) == before
    assert (described(before), described(bytes(with_logo.pdf))) == ([], ["Trois vagues bleues"])
    # What is hashed names the same things with a logo as without.
    assert set(json.loads(plain.record)) == set(json.loads(with_logo.record))
    assert "vagues" not in with_logo.record
    editing.remove_picture(provider.organisation, by=None, at=at(20))
    with_logo.refresh_from_db()
    assert described(bytes(with_logo.pdf)) == ["Trois vagues bleues"]
    assert checking.faults() == []


def test_whose_logo_it_is() -> None:
    """The provider's organisation, else the lead in whose name it is, else the programme's own."""
    run = build.run()
    lead = make.organisation(name="Les Quais")
    Programme.objects.filter(pk=run.programme.pk).update(lead=lead, accent="navy")
    found = [looks.of(issuers.of_programme(fresh(run)))]
    make.logo(run.programme, alt="", is_decorative=True)
    found.append(looks.of(issuers.of_programme(fresh(run))))
    make.logo(lead, alt={"en": "Quays"}, color="#445566")
    found.append(looks.of(issuers.of_programme(fresh(run))))
    make.logo(build.provider(run).organisation, alt={"fr": "Un phare"}, color="#665544")
    found.append(looks.of(issuers.of_programme(fresh(run))))
    # A picture that only decorates still has to be named in a PDF: by whose it is.
    assert [one.alt for one in found] == ["", "Les Quais", "Quays", "Un phare"]
    assert {one.color for one in found} == {"#1f3a7d"}
    assert looks.of(issuers.of_programme(None)) == looks.Look()


def test_a_sheet_of_a_half_day_has_it_too() -> None:
    run = build.run()
    make.logo(run.programme)
    build.all_sign(run, run.morning)
    document = build.countersign(run.morning)
    assert (
        complaints(
            bytes(document.pdf), title="Feuille d’émargement FE-2026-0001 · Modèles socio-économiques (MSE)"
        )
        == []
    )
    assert described(bytes(document.pdf)) == ["Trois vagues bleues"]
