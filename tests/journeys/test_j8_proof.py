"""J8 from the programme sheet to the yearly report: written, sold, taught by a trainer with an account, proved."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
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


def test_from_the_sheet_to_the_year(programme: Programme) -> None:
    module = make.module(slug="lire", programme=programme)
    tariq = make.person(given_name="Tariq", family_name="Benhaddou")
    claire = signed_in(programme, Membership.Role.ORGANISER)
    trainer = signed_in(programme, Membership.Role.TRAINER, email="tariq@example.org", name="Tariq Benhaddou")
    other = signed_in(programme, Membership.Role.TRAINER, email="autre@example.org")

    with time_machine.travel(paris(2026, 9, 1, 9), tick=False):
        # The module becomes a training; its sheet is refused with holes, then published.
        seen = claire.get("/fr/desk/content/modules/lire/").context["form"]["seen"].value()
        edited = {
            "title_fr": "Lire une rivière",
            "kind": "training_module",
            "status": "open",
            "legal_frame": "training_action",
            "programme_id": str(programme.pk),
            "seen": seen,
        }
        assert claire.post("/fr/desk/content/modules/lire/", edited).status_code == 302
        assert Module.objects.get().legal_frame == "training_action"
        page = "/fr/desk/modules/lire/programme/"
        assert claire.post(page, {**SHEET, "price_fr": " — "}).status_code == 302
        assert claire.post(f"{page}publish/").status_code == 422
        seen = claire.get(page).context["form"]["seen"].value()
        assert claire.post(page, {**SHEET, "seen": seen}).status_code == 302
        assert claire.post(f"{page}publish/").status_code == 302
        # A run is opened and taught by Tariq, whose address is given.
        terms = {
            "registration_mode": "open",
            "trainer_1": str(tariq),
            "trainer_1_email": "Tariq@Example.org",
        }
        opened = claire.post("/fr/desk/modules/lire/runs/new/", {**half_days("2026-10-06"), **terms})
        assert (opened.status_code, opened.headers["Location"]) == (302, RUN)
        assert claire.post(f"{RUN}publish/").status_code == 302
        assert (trainer.get(RUN).status_code, other.get(RUN).status_code) == (200, 404)
        run = Cycle.objects.get()
        people = []
        for name, email in (("Amina", "amina@example.org"), ("Zoë", "zoe@example.org")):
            applicant = booking.Applicant(email=email, given_name=name, family_name="Diallo")
            asked = booking.register(
                run, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=paris(2026, 9, 1, 10)
            )
            people.append(booking.confirm(asked, at=paris(2026, 9, 1, 10)))
        # The sheet changes afterwards: this run keeps the one that it was sold with.
        seen = claire.get(page).context["form"]["seen"].value()
        assert (
            claire.post(
                page, {**SHEET, "dated_on": "2026-09-02", "price_fr": "140 €", "seen": seen}
            ).status_code
            == 302
        )
        assert claire.post(f"{page}publish/").status_code == 302
        assert Syllabus.objects.published().count() == 2
        assert "/modules/lire/programme-1.pdf" in Client().get("/fr/cycles/lire-1/").content.decode()

    # Everybody signs; Tariq countersigns with his account, for his own run alone.
    for session in run.sessions.order_by("starts_at"):
        assert session.starts_at is not None
        assert session.ends_at is not None
        sheet = f"{RUN}sessions/{session.slug}/sheet/"
        for row in Registration.objects.filter(session=session).select_related(
            "session__cycle", "participant"
        ):
            verbs.sign(row, means="link", language="fr", at=session.starts_at)
        with time_machine.travel(session.ends_at + dt.timedelta(minutes=11), tick=False):
            assert other.get(sheet).status_code == 404
            assert other.post(f"{sheet}countersign/", {"name": "Autre"}).status_code == 404
            form = trainer.get(f"{sheet}countersign/").context["form"]
            sent = {name: field.initial or "" for name, field in form.fields.items()}
            sent |= {name: form[name].value() or "" for name in form.fields}
            assert trainer.post(f"{sheet}countersign/", sent).status_code == 302
    assert Document.objects.sheets().live().count() == 2

    with time_machine.travel(paris(2026, 10, 7, 9), tick=False):
        assert trainer.get(f"{RUN}training/").status_code == 200
        assert trainer.get(f"{RUN}training/evidence.zip").status_code == 403
        for person, kind in zip(people, "ae", strict=True):
            assert claire.post(f"{RUN}training/people/{person.pk}/", {"kind": kind}).status_code == 302
        answer = claire.get(f"{RUN}training/evidence.zip")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
        manifest = json.loads(archive.read("MANIFEST.json"))
        assert "programme-v1.pdf" in archive.namelist()
        assert all(
            one["sha256"] == hashlib.sha256(archive.read(one["name"])).hexdigest()
            for one in manifest["files"]
        )
        year = "/fr/desk/programmes/vaubrette/yearly/2026"
        assert (
            claire.post(
                f"{year}/trainers/", {"name-0": "Tariq Benhaddou", "trainer-0": "internal"}
            ).status_code
            == 302
        )
        found = claire.get(f"{year}/").context["found"]
        assert found.is_complete
        totals = {
            frame: (found.frames.total(frame).people, found.frames.total(frame).hours)
            for frame in ("E", "F-1", "F-3", "F-4")
        }
        assert totals == {"E": (1, 7), "F-1": (2, 14), "F-3": (2, 14), "F-4": (2, 14)}
        assert trainer.get(f"{year}/").status_code == 403
