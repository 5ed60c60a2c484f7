"""Certificates of completion and statements: the model's words, hours as countersigned, versions, numbers."""

from __future__ import annotations

import json
from io import BytesIO

import pypdf
import pytest

from registrations.models import Participant
from tests.training import build
from tests.training.build import at
from training.documents import certificates
from training.documents.issued import checking
from training.documents.participation import DocumentError
from training.models import Document, TraineeFile
from training.signing import verbs
from training.signing.sheet import freezing
from training.syllabus import versions

pytestmark = pytest.mark.django_db
CERTIFICATE = Document.Kind.CERTIFICATE


def text(document: Document) -> str:
    pdf = pypdf.PdfReader(BytesIO(bytes(document.pdf)))
    words = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(words.replace("\u202f", " ").replace("\xa0", " ").replace("\u200b", "").split())


@pytest.fixture
def run() -> build.Run:
    return build.run()


def issue(run: build.Run, person: int = 0, **more: str) -> Document:
    return certificates.issue(run.people[person], kind=CERTIFICATE, by=None, at=at(18), **more)


def test_the_certificate_says_what_the_ministry_asks(run: build.Run) -> None:
    build.provider(run)
    TraineeFile.objects.create(
        cycle_registration=run.people[0], employer_name='Asso <script> #eval("1") $x$ *gras*', kind="a"
    )
    build.finished(run)
    document = issue(run)
    outcome = text(document)
    for words in (
        "Certificat de réalisation",
        "Association Exemple Formation",
        "11755555575",
        "Cet enregistrement ne vaut pas agrément de l’État",
        "Je soussigné·e Claire Exemple, présidente",
        'atteste que Mme/M. Amina Diallo-Lefèvre, salarié·e de l’entreprise Asso <script> #eval("1") $x$ *gras*,',
        "a suivi l’action Modèles socio-économiques.",
        "[X] action de formation [ ] bilan de compétences [ ] action de VAE",
        "le mardi 6 octobre 2026, pour une durée de 7,00 heures (7 h 00).",
        "pendant une durée de 3 ans à compter de la fin de l’année du dernier paiement",
        "Fait à Paris, le mardi 6 octobre 2026.",
        document.full_number,
        document.grouped_code,
        document.record_sha256,
    ):
        assert words in outcome
    assert document.full_number == "CR-2026-0001"


def test_without_an_employer_its_clause_is_left_out(run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    assert "atteste que Mme/M. Amina Diallo-Lefèvre a suivi l’action" in text(issue(run))


def test_an_absent_afternoon_is_no_full_certificate(run: build.Run) -> None:
    build.provider(run)
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    build.all_sign(run, run.afternoon, but=(0,))
    build.countersign(run.afternoon)
    result = certificates.run(run.cycle)
    shares = {row.name: (row.minutes, row.share, row.reaches) for row in result.rows}
    assert shares["Amina Diallo-Lefèvre"] == (210, 50, False)
    assert certificates.issue_all(run.cycle, kind=CERTIFICATE, by=None, at=at(18)) == 2
    assert certificates.issue_all(run.cycle, kind=CERTIFICATE, by=None, at=at(18)) == 0
    assert "pour une durée de 3,50 heures (3 h 30)" in text(issue(run))
    numbers = sorted(one.full_number for one in Document.objects.filter(kind=CERTIFICATE))
    assert numbers == ["CR-2026-0001", "CR-2026-0002", "CR-2026-0003"]
    assert checking.faults() == []


def test_nothing_is_issued_before_every_half_day_is_countersigned(run: build.Run) -> None:
    build.provider(run)
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    with pytest.raises(DocumentError):
        issue(run)


def test_nothing_is_issued_without_a_provider(run: build.Run) -> None:
    build.finished(run)
    with pytest.raises(DocumentError):
        issue(run)


def test_a_corrected_name_is_a_new_version_and_the_old_one_says_so(run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    first = issue(run)
    assert issue(run).pk == first.pk
    Participant.objects.filter(pk=run.people[0].participant_id).update(family_name="Diallo")
    with pytest.raises(DocumentError):
        issue(run)
    second = issue(run, reason="nom corrigé")
    first.refresh_from_db()
    assert (second.full_number, first.end, first.end_reason) == ("CR-2026-0001/2", "replaced", "nom corrigé")
    assert json.loads(second.record)["previous"] == first.record_sha256
    assert "Amina Diallo a suivi" in text(second)
    assert checking.faults() == []


def test_a_sheet_on_which_certificates_stand_is_not_undone(run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    document = issue(run)
    with pytest.raises(verbs.SigningError):
        freezing.undo(run.morning, reason="erreur", by=None, at=at(19))
    certificates.withdraw(document, reason="erreur", by=None, at=at(19))
    freezing.undo(run.morning, reason="erreur", by=None, at=at(19))
    build.countersign(run.morning, at(19, 1))
    assert issue(run).full_number == "CR-2026-0001/2"


def test_the_statement_says_a_result_only_where_one_was_planned(run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    plain = certificates.issue(run.people[0], kind=Document.Kind.STATEMENT, by=None, at=at(18))
    TraineeFile.objects.create(cycle_registration=run.people[1], assessment="acquis")
    other = certificates.issue(run.people[1], kind=Document.Kind.STATEMENT, by=None, at=at(18))
    assert "Résultat de l’évaluation" not in text(plain)
    assert "Résultat de l’évaluation des acquis acquis" in text(other)
    assert (plain.full_number, other.full_number) == ("AF-2026-0001", "AF-2026-0002")


def test_the_statement_says_what_the_training_was_for(run: build.Run) -> None:
    build.provider(run)
    module = run.cycle.module
    assert module is not None
    versions.save(module, values=build.SHEET, seen=None, by=None, at=at(7))
    versions.publish(module, by=None, at=at(7))
    build.finished(run)
    statement = certificates.issue(run.people[0], kind=Document.Kind.STATEMENT, by=None, at=at(18))
    assert "Objectifs • Observer • Noter" in text(statement)
    assert "Objectifs" not in text(issue(run))


NAMES = (
    ("Zoë", "O’Brien-Nguyễn"),
    ("Jean‑Noël", "d’Âme"),
    ("Šárka", "Čapek-Ðorđević"),
    ("Nguyễn Thị", "Minh Khai"),
    ("A" * 100, ""),
    ('#eval("1")', "$x$"),
    ("*gras*", "<script>"),
    ("Émilie", "🎉"),
    ("محمد", ""),
)


def test_sheets_of_every_name_and_many_people_are_printed_whole() -> None:
    names = (*NAMES, *((f"Prénom{number}", f"Nom{number}") for number in range(31)))
    run = build.run(names)
    build.all_sign(run, run.morning)
    document = build.countersign(run.morning)
    pdf = pypdf.PdfReader(BytesIO(bytes(document.pdf)))
    outcome = text(document)
    for given, family in names[:8]:
        # A word without a place to break is broken where the cell ends.
        assert given.replace(" ", "") in outcome.replace(" ", "")
        assert family.replace("🎉", "") in outcome
    assert len(pdf.pages) > 1
    # The header stands on each page, and each says which one it is.
    assert outcome.count("Nom Structure Présence Acte") == len(pdf.pages)
    assert f"page {len(pdf.pages)} / {len(pdf.pages)}" in outcome


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_is_read_by_the_same_queries_whoever_is_in_it(
    count: int, django_assert_num_queries: object
) -> None:
    run = build.run(build.NAMES[:count])
    build.finished(run)
    with django_assert_num_queries(7):  # type: ignore[operator]
        assert len(certificates.run(run.cycle).rows) == count
