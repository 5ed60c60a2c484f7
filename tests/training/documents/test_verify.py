"""The page that verifies a document: what was issued, no name, no guessing."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from registrations.links import personal_links
from registrations.models import Participant
from tests.training import build
from tests.training.build import at
from training.documents import certificates
from training.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Document:
    run = build.run()
    build.provider(run)
    build.finished(run)
    return certificates.issue(run.people[0], kind=Document.Kind.CERTIFICATE, by=None, at=at(18))


def page(code: str) -> str:
    response = Client().get(reverse("training:verify-document", args=[code]))
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    return response.content.decode().replace("\u202f", " ")


def test_it_says_what_was_issued_and_no_name(certificate: Document) -> None:
    result = page(certificate.grouped_code)
    for words in (
        "CR-2026-0001",
        "Association Exemple Formation",
        "Modèles socio-économiques",
        "A. D.",
        "7 h 00",
        certificate.record_sha256,
        certificate.pdf_sha256,
    ):
        assert words in result
    for name in ("Amina", "Diallo", "Marc"):
        assert name not in result


def test_a_sheet_says_how_many_and_nobodys_initials(certificate: Document) -> None:
    sheet = Document.objects.sheets().first()
    assert sheet is not None
    result = page(sheet.grouped_code)
    assert certificate.kind
    assert "3, dont 3 ont signé" in result
    for name in ("Amina", "Marc", "A. D."):
        assert name not in result


def test_the_old_version_says_that_it_is_replaced(certificate: Document) -> None:
    owner = certificate.cycle_registration
    assert owner is not None
    Participant.objects.filter(pk=owner.participant_id).update(family_name="Diallo")
    second = certificates.issue(owner, kind=Document.Kind.CERTIFICATE, reason="nom", by=None, at=at(19))
    assert "Remplacé le" in page(certificate.grouped_code)
    assert "en vigueur : demandez-la" in page(certificate.grouped_code)
    assert "et en vigueur" in page(second.grouped_code)
    certificates.withdraw(second, reason="erreur", by=None, at=at(20))
    assert "Retiré le" in page(second.grouped_code)
    own = reverse("training:mine", args=[personal_links.manage_token(owner.participant)])
    text = " ".join(re.sub("<[^>]+>", " ", Client().get(own).content.decode()).split())
    assert "version remplacée mar. 6 oct. 2026 : nom" in text
    assert "version retirée mar. 6 oct. 2026 : erreur" in text


def test_a_wrong_code_and_an_unknown_one_get_the_same_answer() -> None:
    answers = [
        Client().get(reverse("training:verify-document", args=[code]), REMOTE_ADDR=f"192.0.{number}.1")
        for number, code in enumerate(("AAAA-AAAA-AAAA-AAAA", "pas-un-code", "x" * 300))
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content.replace(b"/en/", b"/fr/") for answer in answers}) >= 1
    bodies = {answer.content.decode().split("<main")[1].split("</main>")[0] for answer in answers}
    assert len(bodies) == 1


def test_one_network_may_ask_twenty_times_a_minute() -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    address = reverse("training:verify-document", args=["AAAA-AAAA-AAAA-AAAA"])
    statuses = [client.get(address).status_code for _ask in range(21)]
    assert statuses == [404] * 20 + [429]
    assert Client(REMOTE_ADDR="198.51.100.7").get(address).status_code == 404


def test_the_form_leads_to_the_code_however_it_is_typed(certificate: Document) -> None:
    typed = certificate.grouped_code.lower().replace("-", " ")
    response = Client().get(reverse("training:verify"), {"code": typed})
    assert response.status_code == 302
    assert response.headers["Location"] == reverse(
        "training:verify-document", args=[certificate.grouped_code]
    )


def test_what_is_attached_is_what_was_hashed(certificate: Document) -> None:
    assert json.loads(certificate.record)["trainee"] == {"name": "Amina Diallo-Lefèvre", "employer": ""}
