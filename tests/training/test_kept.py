"""Proofs outlive people's data by their own dates; who erases themselves reads what stays, and until when."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from notifications.delivery import retention
from registrations.models import CycleRegistration, Participant
from registrations.people.data import rights
from tests.training import build
from tests.training.build import at
from training import kept
from training.documents import certificates
from training.documents.issued import checking
from training.models import Counter, Document, GoneDocument, RunSettings, Signature, TraineeFile

pytestmark = pytest.mark.django_db


def test_an_erased_trainee_leaves_the_lists_and_stays_on_the_sheet() -> None:
    run = build.run()
    build.provider(run)
    build.finished(run)
    owner = run.people[0]
    TraineeFile.objects.create(cycle_registration=owner, employer_name="Asso")
    document = certificates.issue(owner, kind=Document.Kind.CERTIFICATE, by=None, at=at(18))
    person = Participant.objects.get(pk=owner.participant_id)
    left = rights.erase(person, at=at(20))
    assert [(one.what.split(" ")[-1] != "", one.until) for one in left] == [(True, dt.date(2032, 10, 6))] * 3
    person.refresh_from_db()
    assert (person.email, person.erased_at) == ("", at(20))
    assert TraineeFile.objects.count() == 0
    document.refresh_from_db()
    assert "Amina Diallo-Lefèvre" in document.record
    assert checking.faults() == []


def test_papers_of_the_demonstration_stay_when_a_person_of_theirs_goes() -> None:
    run = build.run(demo_shift_years=6)
    build.provider(run)
    build.finished(run)
    certificates.issue(run.people[0], kind=Document.Kind.CERTIFICATE, by=None, at=at(18))
    person = Participant.objects.get(pk=run.people[0].participant_id)
    left = rights.erase(person, at=at(20))
    assert [one.until for one in left] == [dt.date(2032, 10, 6)] * 3
    person.refresh_from_db()
    assert (person.email, Document.objects.count(), Signature.objects.count()) == ("", 3, 6)


def test_who_erases_themselves_before_an_old_proof_is_purged_is_told_of_nothing_that_stays() -> None:
    old = dt.datetime(2015, 10, 6, 7, tzinfo=dt.UTC)
    run = build.run()
    type(run.morning).objects.update(starts_at=old, ends_at=old + dt.timedelta(hours=3))
    run.morning.refresh_from_db()
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    person = Participant.objects.get(pk=run.people[0].participant_id)
    day_after = dt.datetime(2021, 10, 7, 1, tzinfo=dt.UTC)
    assert rights.erase(person, at=day_after) == []
    person.refresh_from_db()
    assert (person.email, person.erased_at) == ("", day_after)
    assert kept.erase_old(at=day_after) == 4


def test_who_signed_and_erases_themselves_before_the_end_stays_until_the_sheet_is_decided() -> None:
    run = build.run()
    build.sign(run.row(0), at(9))
    person = Participant.objects.get(pk=run.people[0].participant_id)
    left = rights.erase(person, at=at(10))
    assert [one.until for one in left] == [dt.date(2032, 10, 6)]
    assert Signature.objects.count() == 1


def test_a_run_may_keep_its_proofs_longer() -> None:
    run = build.run()
    RunSettings.objects.create(cycle=run.cycle, proofs_months=120)
    build.all_sign(run, run.morning)
    assert build.countersign(run.morning).keep_until == dt.date(2036, 10, 6)


def test_what_is_old_enough_goes_and_its_number_and_link_stay() -> None:
    old = dt.datetime(2015, 10, 6, 7, tzinfo=dt.UTC)
    run = build.run()
    for session in (run.morning, run.afternoon):
        type(session).objects.filter(pk=session.pk).update(starts_at=old, ends_at=old + dt.timedelta(hours=3))
        session.refresh_from_db()
        break
    build.all_sign(run, run.morning)
    document = build.countersign(run.morning)
    assert document.keep_until == dt.date(2021, 10, 6)
    assert kept.erase_old(at=dt.datetime(2021, 10, 6, 12, tzinfo=dt.UTC)) == 0
    later = dt.datetime(2021, 10, 8, tzinfo=dt.UTC)
    assert kept.erase_old(at=later) == 4
    assert kept.erase_old(at=later) == 0
    assert Document.objects.count() == 0
    assert GoneDocument.objects.get().chain_sha256 == document.chain_sha256
    build.all_sign(run, run.afternoon)
    build.countersign(run.afternoon)
    assert checking.faults() == []


def test_a_dry_run_of_a_day_to_come_counts_and_writes_nothing() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    counts = retention.run(at=dt.datetime(2040, 1, 1, tzinfo=dt.UTC), is_dry=True)
    assert counts["training"] == 1
    assert Document.objects.count() == 1


def test_the_daily_rules_leave_proofs_and_those_they_name() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    retention.run(at=dt.datetime(2029, 1, 1, tzinfo=dt.UTC))
    assert Signature.objects.count() == 3
    assert CycleRegistration.objects.filter(participant__anonymised_at=None).count() == 3


def test_what_does_not_add_up_is_found() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    document = build.countersign(run.morning)
    GoneDocument.objects.create(
        issuer=document.issuer,
        series="FE",
        year=2026,
        number=3,
        version=1,
        chain_sha256="0" * 64,
        previous_sha256="",
        gone_on=dt.date(2026, 1, 1),
    )
    assert [fault.kind for fault in checking.faults()] == ["chain", "numbers"]


def test_the_command_says_what_is_wrong() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    out = StringIO()
    call_command("check_documents", stdout=out)
    assert out.getvalue() == "1 documents are what was issued.\n"
    Counter.objects.filter(series="FE").update(last=2)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("check_documents", stderr=errors)
    assert errors.getvalue() == "FE-2026: a number of this series is missing\n"
