"""Signing for a half-day: windows, once only, the trainer's notes, the countersignature and what it freezes."""

from __future__ import annotations

import datetime as dt
import json
from io import BytesIO
from typing import Any

import pypdf
import pytest

from cycles.schedule import planning
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from tests import make
from tests.training import build
from tests.training.build import MARC, at
from training.documents.issued import checking, records
from training.models import Document, Signature, TrainerNote
from training.signing import queries, verbs
from training.signing.sheet import freezing

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> build.Run:
    return build.run()


def note(row: object, kind: str, moment: dt.datetime, **more: object) -> TrainerNote:
    return verbs.note(row, kind=kind, by=None, by_name="Marc Exemple", at=moment, **more)  # type: ignore[arg-type]


def states(session: object) -> dict[str, tuple[str, int]]:
    return {
        one.name: (one.presence.state.value, one.presence.minutes)
        for one in queries.trainees(session)  # type: ignore[arg-type]
    }


def test_who_signs_in_time_is_present_for_the_whole_half_day(run: build.Run) -> None:
    signature = verbs.sign(run.row(0), means="link", language="fr", at=at(8, 58, 31))
    assert (signature.signed_at, signature.opens_at, signature.closes_at) == (
        at(8, 58, 31),
        at(8, 45),
        at(13),
    )
    attendance = Attendance.objects.get(registration=run.row(0))
    assert (attendance.state, attendance.minutes, attendance.source) == ("present", 210, "signature")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(8, 44, 59), "Vous pouvez signer à partir de 8 h 45."),
        (at(13, 0, 1), "Le délai a pris fin à 13 h 00"),
    ],
)
def test_outside_its_window_nothing_is_stored_and_the_reason_said(
    run: build.Run, moment: dt.datetime, said: str
) -> None:
    from django.utils import translation  # noqa: PLC0415 - only here

    with translation.override("fr"), pytest.raises(verbs.SigningError) as refusal:
        verbs.sign(run.row(0), means="link", language="fr", at=moment)
    assert said in str(refusal.value).replace("\u202f", " ").replace("\xa0", " ")
    assert Signature.objects.count() == 0


def test_signing_twice_gives_the_first_signature_back(run: build.Run) -> None:
    first = verbs.sign(run.row(0), means="link", language="fr", at=at(8, 58))
    again = verbs.sign(run.row(0), means="room_code", language="fr", at=at(9, 2))
    assert (again.pk, again.signed_at, again.means) == (first.pk, at(8, 58), "link")


def test_one_act_signs_for_one_half_day(run: build.Run) -> None:
    build.sign(run.row(0), at(9))
    assert [one.signature is not None for one in queries.trainees(run.afternoon)] == [False] * 3


def test_who_comes_late_has_the_minutes_that_are_left_and_a_reason(run: build.Run) -> None:
    build.sign(run.row(1), at(9, 20, 2))
    with pytest.raises(verbs.SigningError):
        note(run.row(1), "partial", at(9, 21), arrived_at=at(9, 20))
    note(run.row(1), "partial", at(9, 21), arrived_at=at(9, 20), reason="train")
    assert states(run.morning)["Zoë O’Brien-Nguyễn"] == ("partial", 190)
    attendance = Attendance.objects.get(registration=run.row(1))
    assert (attendance.state, attendance.minutes) == ("partial", 190)


@pytest.mark.parametrize(
    ("arrived", "left"), [(at(8), None), (at(13), None), (at(12), at(10)), (None, None), (at(9), at(12, 30))]
)
def test_hours_that_make_no_sense_are_refused(
    run: build.Run, arrived: dt.datetime | None, left: dt.datetime | None
) -> None:
    build.sign(run.row(1), at(9))
    with pytest.raises(verbs.SigningError):
        note(run.row(1), "partial", at(12), arrived_at=arrived, left_at=left, reason="train")


def test_nobody_is_partly_there_without_signing(run: build.Run) -> None:
    with pytest.raises(verbs.SigningError):
        note(run.row(1), "partial", at(9, 21), arrived_at=at(9, 20), reason="train")


def test_the_trainer_vouches_with_a_reason_also_after_the_window(run: build.Run) -> None:
    with pytest.raises(verbs.SigningError):
        verbs.vouch(run.row(2), means="trainer", reason=" ", by=None, by_name="Marc", at=at(13, 30))
    verbs.vouch(run.row(2), means="trainer", reason="sans téléphone", by=None, by_name="Marc", at=at(13, 30))
    assert states(run.morning)["Jean‑Noël d’Âme"] == ("present", 210)


def test_who_came_late_and_did_not_sign_counts_from_when_they_came(run: build.Run) -> None:
    verbs.vouch(
        run.row(2),
        means="trainer",
        reason="sans téléphone",
        arrived_at=at(9, 45),
        by=None,
        by_name="Marc",
        at=at(13, 30),
    )
    assert states(run.morning)["Jean‑Noël d’Âme"] == ("partial", 165)
    with pytest.raises(verbs.SigningError):
        verbs.vouch(
            run.row(1), means="paper", reason="x", arrived_at=at(8), by=None, by_name="Marc", at=at(13, 30)
        )
    # Refused, nothing of it stays.
    assert states(run.morning)["Zoë O’Brien-Nguyễn"] == ("undecided", 0)


@pytest.mark.parametrize("means", ["trainer", "paper"])
def test_what_the_trainer_vouched_for_can_be_taken_back(run: build.Run, means: str) -> None:
    name = "Jean‑Noël d’Âme"
    for _again in range(2):
        verbs.vouch(run.row(2), means=means, reason="x", by=None, by_name="Marc", at=at(13, 30))
        assert states(run.morning)[name] == ("present", 210)
        assert verbs.clear_note(run.row(2), by=None, at=at(13, 31)) == 1
        assert states(run.morning)[name] == ("undecided", 0)
    verbs.vouch(run.row(2), means=means, reason="x", by=None, by_name="Marc", at=at(13, 32))
    # Noted as absent after all, without a reason: nobody signed, and the sheet does not say that somebody saw them.
    note(run.row(2), "absent", at(13, 33))
    assert states(run.morning)[name] == ("absent", 0)
    assert not Signature.objects.exists()


def test_ones_own_signature_stays_when_a_note_is_taken_back(run: build.Run) -> None:
    build.sign(run.row(1), at(9))
    note(run.row(1), "excused", at(9, 30), reason="x")
    assert verbs.clear_note(run.row(1), by=None, at=at(9, 31)) == 1
    assert states(run.morning)["Zoë O’Brien-Nguyễn"] == ("present", 210)


def test_marking_the_rest_absent_leaves_whom_a_platform_saw(run: build.Run) -> None:
    build.sign(run.row(0), at(9))
    noting.save([noting.row_of(run.row(1).pk, "present", 180, source="report", by=None, at=at(12, 40))])
    with pytest.raises(verbs.SigningError):
        verbs.mark_absent(run.morning, by=None, by_name="Marc", at=at(12))
    assert verbs.mark_absent(run.morning, by=None, by_name="Marc", at=at(12, 40)) == 1
    assert states(run.morning) == {
        "Amina Diallo-Lefèvre": ("present", 210),
        "Zoë O’Brien-Nguyễn": ("undecided", 0),
        "Jean‑Noël d’Âme": ("absent", 0),
    }
    with pytest.raises(freezing.UndecidedError) as refusal:
        build.countersign(run.morning)
    assert refusal.value.people == ["Zoë O’Brien-Nguyễn"]


def prepared(run: build.Run) -> None:
    build.sign(run.row(0), at(8, 58, 31))
    build.sign(run.row(1), at(9, 20, 2))
    note(run.row(1), "partial", at(9, 21), arrived_at=at(9, 20), reason="train")
    note(run.row(2), "absent", at(12, 31))


def test_the_countersignature_freezes_the_sheet_as_a_record(run: build.Run) -> None:
    build.provider(run)
    prepared(run)
    document = build.countersign(run.morning, at(12, 41, 7))
    assert (document.full_number, document.version) == ("FE-2026-0001", 1)
    assert document.keep_until == dt.date(2032, 10, 6)
    held = json.loads(document.record)
    # By family name, where each database puts the small d of d’Âme in a place of its own.
    held["trainees"].sort(key=lambda line: line["name"])
    assert held == {
        "schema": "escale.sheet/1",
        "kind": "sheet",
        "version": 1,
        "previous": "",
        "provider": {
            "legal_name": "Association Exemple Formation",
            "nda": "11755555575",
            "siret": "12345678200010",
        },
        "module": {"code": "MSE", "title": "Modèles socio-économiques"},
        "run": {"slug": "mse-1", "number": 1},
        "half_day": {
            "number": 1,
            "title": "Comprendre",
            "starts_at": "2026-10-06T07:00:00Z",
            "ends_at": "2026-10-06T10:30:00Z",
            "zone": "Europe/Paris",
            "modality": "on_site",
            "place": "12 rue de l’Exemple, 75010 Paris",
        },
        "trainer": {"name": "Marc Exemple", "signed_at": "2026-10-06T10:41:07Z"},
        "trainees": [
            {
                "name": "Amina Diallo-Lefèvre",
                "organisation": "",
                "state": "present",
                "minutes": 210,
                "means": "link",
                "signed_at": "2026-10-06T06:58:31Z",
            },
            {
                "name": "Jean‑Noël d’Âme",
                "organisation": "",
                "state": "absent",
                "minutes": 0,
            },
            {
                "name": "Zoë O’Brien-Nguyễn",
                "organisation": "",
                "state": "partial",
                "minutes": 190,
                "means": "link",
                "signed_at": "2026-10-06T07:20:02Z",
                "arrived_at": "2026-10-06T07:20:00Z",
                "reason": "train",
            },
        ],
    }
    assert document.record_sha256 == records.digest(json.loads(document.record))


def test_the_pdf_is_tagged_and_carries_its_record(run: build.Run) -> None:
    prepared(run)
    document = build.countersign(run.morning)
    pdf = pypdf.PdfReader(BytesIO(bytes(document.pdf)))
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert pdf.attachments["record.json"] == [document.record.encode()]
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in metadata
    assert "pdfaid:part" in metadata
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Feuille d’émargement FE-2026-0001 · Modèles socio-économiques (MSE)"
    text = " ".join(pdf.pages[0].extract_text().split())
    for words in ("Jean‑Noël d’Âme", "Zoë O’Brien-Nguyễn", document.record_sha256, document.grouped_code):
        assert words in text


def test_after_the_countersignature_nothing_changes(run: build.Run) -> None:
    prepared(run)
    before = build.countersign(run.morning)
    assert build.countersign(run.morning).pk == before.pk
    for act in (
        lambda: verbs.sign(run.row(2), means="link", language="fr", at=at(12, 50)),
        lambda: note(run.row(0), "excused", at(12, 50), reason="train"),
        lambda: verbs.clear_note(run.row(2), by=None, at=at(12, 50)),
        lambda: verbs.vouch(run.row(2), means="paper", reason="x", by=None, by_name="M", at=at(12, 50)),
    ):
        with pytest.raises(verbs.SigningError):
            act()
    with pytest.raises(noting.AttendanceError):
        noting.note(run.morning, values={run.row(0).pk: ("absent", None)}, by=None, at=at(12, 50))
    with pytest.raises(noting.AttendanceError):
        noting.mark_absent(run.morning, by=None, at=at(12, 50))


def test_undoing_needs_a_reason_and_the_next_sheet_is_version_2(run: build.Run) -> None:
    prepared(run)
    first = build.countersign(run.morning)
    with pytest.raises(verbs.SigningError):
        freezing.undo(run.morning, reason="  ", by=None, at=at(14))
    freezing.undo(run.morning, reason="heure d’arrivée corrigée", by=None, at=at(14))
    note(run.row(1), "partial", at(14, 1), arrived_at=at(9, 19), reason="train")
    second = build.countersign(run.morning, at(14, 2))
    first.refresh_from_db()
    assert (second.full_number, second.replaces) == ("FE-2026-0001/2", first)
    assert json.loads(second.record)["previous"] == first.record_sha256
    assert (first.end, first.end_reason, first.ended_at) == ("replaced", "heure d’arrivée corrigée", at(14))
    assert checking.faults() == []


def test_it_is_not_countersigned_before_its_end(run: build.Run) -> None:
    prepared(run)
    with pytest.raises(verbs.SigningError):
        build.countersign(run.morning, at(12, 29, 59))
    assert build.countersign(run.morning, at(12, 30)).version == 1


def test_who_is_no_trainer_says_why_and_a_trainee_never_countersigns(run: build.Run) -> None:
    prepared(run)

    def countersign(email: str, reason: str = "") -> Document:
        return freezing.countersign(
            run.morning,
            by=None,
            by_name="Claire",
            by_email=email,
            reason=reason,
            language="fr",
            at=at(12, 41),
        )

    with pytest.raises(verbs.SigningError):
        countersign("claire@example.org")
    with pytest.raises(verbs.SigningError):
        countersign(run.people[0].participant.email, "formateur malade")
    record = json.loads(countersign("claire@example.org", "formateur malade").record)
    assert record["trainer"] == {
        "name": "Claire",
        "signed_at": "2026-10-06T10:41:00Z",
        "reason": "formateur malade",
        "others": ["Marc Exemple"],
    }
    page = pypdf.PdfReader(BytesIO(bytes(Document.objects.get().pdf))).pages[0].extract_text()
    assert "Formation assurée par Marc Exemple\n" in page


def test_a_half_day_that_moved_before_anybody_signed_takes_its_window_along(run: build.Run) -> None:
    planning.move(run.morning, to=at(10), by=None, at=at(7), reason="train")
    with pytest.raises(verbs.SigningError):
        verbs.sign(run.row(0), means="link", language="fr", at=at(9, 44))
    verbs.sign(run.row(0), means="link", language="fr", at=at(9, 45))


@pytest.mark.parametrize("act", ["move", "postpone", "cancel"])
def test_a_half_day_that_was_signed_for_stays_where_it_is(run: build.Run, act: str) -> None:
    build.sign(run.row(0), at(8, 50))
    more = {"to": at(10)} if act == "move" else {}
    with pytest.raises(planning.PlanningError):
        getattr(planning, act)(run.morning, **more, by=None, at=at(8, 51), reason="train")


def test_a_click_on_the_join_link_signs_for_nobody(run: build.Run) -> None:
    assert noting.join(run.row(0), at=at(9))
    assert Attendance.objects.count() == 0
    assert run.row(0).joined_at == at(9)


def test_the_table_of_attendance_leaves_who_signed(run: build.Run) -> None:
    build.sign(run.row(0), at(9))
    values: dict[int, tuple[str, int | None]] = {
        run.row(0).pk: ("absent", None),
        run.row(1).pk: ("absent", None),
    }
    assert noting.note(run.morning, values=values, by=None, at=at(10)) == 1
    assert Attendance.objects.get(registration=run.row(0)).state == "present"


def test_of_information_nobody_signs() -> None:
    row = make.registration(session=make.session(starts_at=at(9)))
    with pytest.raises(verbs.SigningError):
        verbs.sign(row, means="link", language="fr", at=at(9))


@pytest.mark.parametrize("count", [1, 3])
def test_a_sheet_is_read_by_the_same_queries_whoever_is_on_it(
    count: int, django_assert_num_queries: object
) -> None:
    run = build.run(build.NAMES[:count])
    build.all_sign(run, run.morning)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(queries.trainees(run.morning)) == count


def test_the_email_of_the_trainer_is_compared_however_it_is_written(run: build.Run) -> None:
    assert freezing.is_trainer(run.morning, email=MARC.upper())
    assert not freezing.is_trainer(run.morning, email="")
