"""J8 from the programme sheet to the yearly report: written, sold, taught by a trainer with an account, proved."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from cycles.models import Cycle, Membership, Module
from registrations import booking
from registrations.models import CycleRegistration, Registration
from tests import make
from tests.make import paris
from tests.training import build
from training.models import Document, Syllabus
from training.signing import verbs
from training.syllabus import checklist

if TYPE_CHECKING:
    from cycles.models import Programme

pytestmark = pytest.mark.django_db
RUN = "/fr/desk/cycles/lire-1/"
PAGE = "/fr/desk/modules/lire/programme/"
YEAR = "/fr/desk/programmes/vaubrette/yearly/2026"
SOLD = paris(2026, 9, 1, 9)
SHEET = {
    "dated_on": "2026-09-01",
    "minutes": "420",
    "half_days": "2",
    "modality": "on_site",
    "bpf_goal": "d",
    "nsf_code": "343",
    **{f"{name}_fr": build.SHEET[name]["fr"] for name in checklist.TEXTS},
}


@pytest.fixture
def programme() -> Programme:
    return make.programme(slug="vaubrette")


def signed_in(programme: Programme, role: Membership.Role, **user: str) -> Client:
    client = Client()
    client.force_login(make.membership(programme=programme, role=role, user=make.user(**user)).user)
    return client


def half_days(day: str) -> dict[str, str]:
    rows = {"day-TOTAL_FORMS": "5", "day-INITIAL_FORMS": "1", "day-0-place_fr": "Maison des Rives, Nantes"}
    for number, (starts, ends) in enumerate((("09:00", "12:30"), ("14:00", "17:30"))):
        rows |= {
            f"day-{number}-{name}": value
            for name, value in (("date", day), ("starts", starts), ("ends", ends))
        }
    return rows | {f"day-{number}-modality": "on_site" for number in range(5)}


@dataclass
class Team:
    """Who organises, who trains at the run, and who trains elsewhere."""

    claire: Client
    trainer: Client
    other: Client


@pytest.fixture
def team(programme: Programme) -> Team:
    make.module(slug="lire", programme=programme)
    make.person(given_name="Tariq", family_name="Benhaddou")
    role = Membership.Role
    return Team(
        claire=signed_in(programme, role.ORGANISER),
        trainer=signed_in(programme, role.TRAINER, email="tariq@example.org", name="Tariq Benhaddou"),
        other=signed_in(programme, role.TRAINER, email="autre@example.org"),
    )


def write_sheet(claire: Client, **fields: str) -> None:
    """Save the sheet from the form as it stands, and publish it."""
    seen = claire.get(PAGE).context["form"]["seen"].value()
    assert claire.post(PAGE, {**SHEET, "seen": seen, **fields}).status_code == 302
    assert claire.post(f"{PAGE}publish/").status_code == 302


def sell(team: Team, programme: Programme) -> list[CycleRegistration]:
    """Make the module a training with a sheet, open a run taught by Tariq, and register two people for it."""
    claire = team.claire
    editor = "/fr/desk/content/modules/lire/"
    edited = {
        "title_fr": "Lire une rivière",
        "kind": "training_module",
        "status": "open",
        "legal_frame": "training_action",
        "programme_id": str(programme.pk),
        "seen": claire.get(editor).context["form"]["seen"].value(),
    }
    assert claire.post(editor, edited).status_code == 302
    assert Module.objects.get().legal_frame == "training_action"
    assert claire.post(PAGE, {**SHEET, "price_fr": " — "}).status_code == 302
    assert claire.post(f"{PAGE}publish/").status_code == 422
    write_sheet(claire)
    terms = {
        "registration_mode": "open",
        "trainer_1": "Tariq Benhaddou",
        "trainer_1_email": "Tariq@Example.org",
    }
    opened = claire.post("/fr/desk/modules/lire/runs/new/", {**half_days("2026-10-06"), **terms})
    assert (opened.status_code, opened.headers["Location"]) == (302, RUN)
    assert claire.post(f"{RUN}publish/").status_code == 302
    people = []
    for name, email in (("Amina", "amina@example.org"), ("Zoë", "zoe@example.org")):
        applicant = booking.Applicant(email=email, given_name=name, family_name="Diallo")
        asked = booking.register(
            Cycle.objects.get(), applicant=applicant, scope=CycleRegistration.Scope.ALL, at=SOLD
        )
        people.append(booking.confirm(asked, at=SOLD))
    return people


def teach(team: Team) -> None:
    """Let everybody sign; Tariq countersigns with his account, another trainer finds nothing."""
    for session in Cycle.objects.get().sessions.order_by("starts_at"):
        assert session.starts_at is not None
        assert session.ends_at is not None
        sheet = f"{RUN}sessions/{session.slug}/sheet/"
        for row in Registration.objects.filter(session=session).select_related(
            "session__cycle", "participant"
        ):
            verbs.sign(row, means="link", language="fr", at=session.starts_at)
        with time_machine.travel(session.ends_at + dt.timedelta(minutes=11), tick=False):
            assert team.other.get(sheet).status_code == 404
            assert team.other.post(f"{sheet}countersign/", {"name": "Autre"}).status_code == 404
            assert team.trainer.post(f"{sheet}countersign/", {"name": "Tariq Benhaddou"}).status_code == 302


def test_from_the_sheet_to_the_year(team: Team, programme: Programme) -> None:
    with time_machine.travel(SOLD, tick=False):
        people = sell(team, programme)
        assert (team.trainer.get(RUN).status_code, team.other.get(RUN).status_code) == (200, 404)
        # The sheet changes afterwards: this run keeps the one that it was sold with.
        write_sheet(team.claire, dated_on="2026-09-02", price_fr="140 €")
        assert Syllabus.objects.published().count() == 2
        assert "/modules/lire/programme-1.pdf" in Client().get("/fr/cycles/lire-1/").content.decode()
    teach(team)
    assert Document.objects.sheets().live().count() == 2
    with time_machine.travel(paris(2026, 10, 7, 9), tick=False):
        assert team.trainer.get(f"{RUN}training/").status_code == 200
        assert team.trainer.get(f"{RUN}training/evidence.zip").status_code == 403
        for person, kind in zip(people, "ae", strict=True):
            path = f"{RUN}training/people/{person.pk}/"
            assert team.claire.post(path, {"kind": kind}).status_code == 302
        answer = team.claire.get(f"{RUN}training/evidence.zip")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        assert "programme-v1.pdf" in archive.namelist()
        listed = json.loads(archive.read("MANIFEST.json"))["files"]
        assert [one["sha256"] for one in listed] == [
            hashlib.sha256(archive.read(one["name"])).hexdigest() for one in listed
        ]
        sent = {"name-0": "Tariq Benhaddou", "trainer-0": "internal"}
        assert team.claire.post(f"{YEAR}/trainers/", sent).status_code == 302
        found = team.claire.get(f"{YEAR}/").context["found"]
        assert found.is_complete
        assert {
            frame: (found.frames.total(frame).people, found.frames.total(frame).hours)
            for frame in ("E", "F-1", "F-3", "F-4")
        } == {"E": (1, 7), "F-1": (2, 14), "F-3": (2, 14), "F-4": (2, 14)}
        assert team.trainer.get(f"{YEAR}/").status_code == 403
