"""What the database itself refuses: constraints and triggers, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from registrations.attendance.models import Attendance
from tests.training import build
from tests.training.build import at
from training.documents.issued import issuers, issuing
from training.models import (
    Counter,
    Document,
    DocumentPerson,
    RunSettings,
    Signature,
    TraineeFile,
    TrainerNote,
    TrainingProvider,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def signature(run: build.Run, person: int = 0, **fields: Any) -> Signature:
    values: dict[str, Any] = {
        "registration": run.row(person),
        "means": "link",
        "signed_at": at(9),
        "opens_at": at(8, 45),
        "closes_at": at(13),
        **fields,
    }
    return Signature.objects.create(**values)


def test_one_signature_a_registration() -> None:
    run = build.run()
    signature(run)
    refused(lambda: signature(run))


@pytest.mark.parametrize(
    "fields",
    [
        {"signed_at": at(8, 44, 59)},
        {"signed_at": at(13, 0, 1)},
        {"signed_at": at(14), "means": "paper", "by_name": "Marc"},
        {"signed_at": at(14), "means": "paper", "reason": "sans téléphone"},
        {"means": "trainer", "by_name": "Marc"},
        {"means": "trainer", "reason": "sans téléphone"},
        {"means": "tablet"},
        {"means": "telepathy"},
        {"closes_at": at(8)},
    ],
)
def test_what_no_signature_can_be(fields: dict[str, Any]) -> None:
    run = build.run()
    refused(lambda: signature(run, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"signed_at": at(8, 45)},
        {"signed_at": at(13)},
        {"signed_at": at(14), "means": "paper", "by_name": "Marc", "reason": "sans téléphone"},
        {"means": "tablet", "by_name": "Marc"},
    ],
)
def test_what_a_signature_can_be(fields: dict[str, Any]) -> None:
    assert signature(build.run(), **fields).pk


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "partial"},
        {"kind": "absent", "arrived_at": at(9, 20)},
        {"kind": "excused"},
        {"kind": "elsewhere"},
        {"kind": "absent", "by_name": ""},
    ],
)
def test_what_no_note_can_be(fields: dict[str, Any]) -> None:
    run = build.run()
    values = {"registration": run.row(0), "by_name": "Marc", "noted_at": at(9), **fields}
    refused(lambda: TrainerNote.objects.create(**values))


def issue(
    run: build.Run, kind: Document.Kind, *, keep: dt.datetime = build.MORNING[1], **more: Any
) -> Document:
    """Issue something small, without a PDF program."""
    subject: dict[str, Any] = (
        {"session": run.morning} if kind == Document.Kind.SHEET else {"cycle_registration": run.people[0]}
    )
    draft = issuing.Draft(
        kind=kind,
        issuer=issuers.of(run.cycle),
        cycle=run.cycle,
        record={"kind": str(kind)},
        ended_at=keep,
        people=[run.people[0].pk],
        **subject,
    )
    return issuing.issue(draft, render=lambda _printed: b"%PDF-", issued_by=None, at=at(13), **more)


@pytest.mark.parametrize("kind", [Document.Kind.SHEET, Document.Kind.CERTIFICATE, Document.Kind.STATEMENT])
def test_one_live_document_of_a_kind(kind: Document.Kind) -> None:
    run = build.run()
    first = issue(run, kind)
    refused(lambda: issue(run, kind))
    issuing.end(first, as_=Document.End.REPLACED, reason="nom corrigé", at=at(13))
    assert issue(run, kind, replaces=first).full_number.endswith("/2")
    assert Counter.objects.get(series=first.series).last == 1


def test_a_number_that_was_rolled_back_leaves_no_hole() -> None:
    run = build.run()

    def broken(_printed: issuing.Printed) -> bytes:
        raise RuntimeError

    draft = issuing.Draft(
        kind=Document.Kind.CERTIFICATE,
        issuer=issuers.of(run.cycle),
        cycle=run.cycle,
        record={},
        ended_at=at(12),
        people=[],
        cycle_registration=run.people[0],
    )
    with pytest.raises(RuntimeError):
        issuing.issue(draft, render=broken, issued_by=None, at=at(13))
    assert Document.objects.count() == 0
    assert issue(run, Document.Kind.CERTIFICATE).full_number == "CR-2026-0001"


def test_the_year_of_a_number_is_that_of_the_place() -> None:
    run = build.run()
    midnight = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert issuing.year_of(midnight, cycle=run.cycle) == 2027
    assert issuing.year_of(midnight - dt.timedelta(hours=1), cycle=run.cycle) == 2026


FROZEN: dict[str, Any] = {
    "record": "{}",
    "record_sha256": "0" * 64,
    "pdf": b"other",
    "pdf_sha256": "0" * 64,
    "chain_sha256": "0" * 64,
    "number": 7,
    "version": 7,
    "code": "0" * 16,
    "issued_at": at(15),
    "keep_until": dt.date(2020, 1, 1),
    "is_demo": True,
    "issuer": "site",
}


@pytest.mark.parametrize("column", sorted(FROZEN))
def test_nothing_of_a_document_changes(column: str) -> None:
    document = issue(build.run(), Document.Kind.CERTIFICATE)
    refused(lambda: Document.objects.filter(pk=document.pk).update(**{column: FROZEN[column]}))


def test_a_document_ends_once_and_with_a_reason() -> None:
    document = issue(build.run(), Document.Kind.CERTIFICATE)
    rows = Document.objects.filter(pk=document.pk)
    refused(lambda: rows.update(ended_at=at(14)))
    refused(lambda: rows.update(ended_at=at(14), end="replaced"))
    refused(lambda: rows.update(end_reason="x"))
    assert rows.update(ended_at=at(14), end="withdrawn", end_reason="erreur") == 1
    refused(lambda: rows.update(ended_at=None, end="", end_reason=""))
    refused(lambda: rows.update(end_reason="autre"))


def test_a_proof_is_deleted_after_its_date_only_and_the_persons_own_at_any_time() -> None:
    run = build.run()
    proof = issue(run, Document.Kind.CERTIFICATE)
    refused(proof.delete)
    DocumentPerson.objects.all().delete()
    old = issue(run, Document.Kind.STATEMENT, keep=dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    own = issue(run, Document.Kind.CYCLE)
    old.delete()
    own.delete()
    assert list(Document.objects.values_list("pk", flat=True)) == [proof.pk]


def test_what_stands_on_a_countersigned_sheet_stays() -> None:
    run = build.run()
    build.all_sign(run, run.morning, but=(2,))
    build.countersign(run.morning)
    morning = {"registration__session": run.morning}
    for act in (
        lambda: Signature.objects.filter(**morning).delete(),
        lambda: TrainerNote.objects.filter(**morning).update(reason="autre"),
        lambda: TrainerNote.objects.filter(**morning).delete(),
        lambda: Attendance.objects.filter(**morning).update(minutes=3),
        lambda: Attendance.objects.filter(**morning, state="present").update(state="partial"),
        lambda: Attendance.objects.filter(**morning).delete(),
        lambda: signature(run, 2),
    ):
        refused(act)


def test_a_signature_never_changes() -> None:
    run = build.run()
    row = signature(run)
    refused(lambda: Signature.objects.filter(pk=row.pk).update(signed_at=at(9, 1)))
    assert Signature.objects.filter(pk=row.pk).delete()[0] == 1


def test_an_account_may_go_all_the_same() -> None:
    from tests import make  # noqa: PLC0415 - only here

    run = build.run()
    user = make.user()
    build.all_sign(run, run.morning)
    document = build.countersign(run.morning)
    Signature.objects.update(by=user)
    Document.objects.filter(pk=document.pk).update(issued_by=user)
    user.delete()
    document.refresh_from_db()
    assert (document.issued_by, Signature.objects.exclude(by=None).count()) == (None, 0)


@pytest.mark.parametrize("threshold", [0, 101, 150])
def test_a_threshold_is_a_share(threshold: int) -> None:
    run = build.run()
    refused(lambda: RunSettings.objects.create(cycle=run.cycle, threshold=threshold))


def test_lists_that_are_known() -> None:
    run = build.run()
    refused(lambda: TraineeFile.objects.create(cycle_registration=run.people[0], kind="z"))
    refused(lambda: RunSettings.objects.create(cycle=run.cycle, proofs_months=0))


@pytest.mark.parametrize("fields", [{"siret": "123"}, {"signatory_name": ""}, {"signatory_quality": ""}])
def test_what_no_provider_can_be(fields: dict[str, Any]) -> None:
    row = build.provider(build.run())
    refused(lambda: TrainingProvider.objects.filter(pk=row.pk).update(**fields))
