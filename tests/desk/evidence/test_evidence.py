"""What a run lacks, its archive, and the figures of a year, as organisers and trainers reach them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from cycles.models import Membership
from notifications.mail import compose
from notifications.models import Delivery
from registrations.models import CycleRegistration
from surveys.asking import verbs as surveys
from surveys.models import Answer, Survey, Urn
from tests import make
from tests.training import build
from training.documents import certificates
from training.models import Document, TraineeFile, TrainerEngagement
from training.syllabus import versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/cycles/mse-1/training/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(build.at(19), tick=False):
        yield


@pytest.fixture
def run() -> build.Run:
    return build.run()


@pytest.fixture
def claire(client: Client, run: build.Run) -> Client:
    client.force_login(make.membership(programme=run.programme).user)
    return client


def test_a_run_without_half_days_has_its_page_and_no_archive(client: Client) -> None:
    """The tab of every page of the run leads there from the beginning."""
    module = make.module(slug="berges", programme=make.programme(), legal_frame="training_action")
    cycle = make.run(slug="berges-1", module=module)
    client.force_login(make.membership(programme=module.programme).user)
    page = reverse("desk:training-run", args=[cycle.slug])
    archive = reverse("desk:training-archive", args=[cycle.slug])
    assert f'href="{page}"' in client.get(reverse("desk:cycle-detail", args=[cycle.slug])).content.decode()
    shown = client.get(page)
    assert (shown.status_code, shown.context["half_days"], shown.context["rows"]) == (200, [], [])
    assert archive not in shown.content.decode()
    settings = reverse("desk:training-settings", args=[cycle.slug])
    assert [client.get(url).status_code for url in (settings, archive)] == [200, 404]


NOT_OPENED = (
    "4 surveys have not been opened, so nobody is asked. At the end of the training Needs, before the training "
    "Three months after the training Trainers, after the training"
)
TOO_LATE = (
    "1 survey was not opened in time: its answers cannot be asked for any more. Needs, before the training"
)
LEFT_TO_OPEN = (
    "3 surveys have not been opened, so nobody is asked. At the end of the training "
    "Three months after the training Trainers, after the training"
)
LEFT_WITH_EMPLOYERS = (
    "5 surveys have not been opened, so nobody is asked. At the end of the training Employers, after the training "
    "Funders, after the training Three months after the training Trainers, after the training"
)


def answer_all_surveys(run: build.Run) -> None:
    """Open every survey, and let somebody answer each; everybody says what they need."""
    for moment in Survey.OF_RUNS:
        survey = surveys.open_survey(run.cycle, moment=moment, by=None, at=make.AT)
        if survey.moment == Survey.Moment.NEEDS:
            for owner in run.people:
                Answer.objects.create(survey=survey, cycle_registration=owner, answered_at=make.AT)
        elif survey.is_of_guests:
            surveys.set_guests(survey, guests=[("rh@example.org", "")], language="fr", by=None, at=make.AT)
            Answer.objects.create(survey=survey, guest=survey.guests.get(), answered_at=make.AT)
        else:
            Urn.objects.create(survey=survey, count=1)


def lacking(client: Client) -> list[str]:
    needs = client.get(PAGE).context["needs"]
    return [" ".join([need.words, *sorted(need.names)]) for need in needs]


def test_what_is_missing_goes_as_it_is_done(claire: Client, run: build.Run) -> None:
    everybody = "Amina Diallo-Lefèvre Jean‑Noël d’Âme Zoë O’Brien-Nguyễn"
    assert lacking(claire) == [
        "No training provider with a declaration of activity: no certificate can be issued.",
        "The module has no published programme sheet.",
        f"3 people have not been sent the joining instructions. {everybody}",
        f"Half-day 1: 3 people have neither signed nor been noted as absent. {everybody}",
        "Half-day 1: not countersigned.",
        f"Half-day 2: 3 people have neither signed nor been noted as absent. {everybody}",
        "Half-day 2: not countersigned.",
        f"3 trainees have no status for the yearly report. {everybody}",
        TOO_LATE,
        LEFT_TO_OPEN,
    ]
    build.provider(run)
    module = run.cycle.module
    assert module is not None
    versions.save(module, values=build.SHEET, seen=None, by=None, at=make.AT)
    versions.publish(module, by=None, at=make.AT)
    build.finished(run)
    for number, owner in enumerate(run.people):
        TraineeFile.objects.create(cycle_registration=owner, kind="a" if number else "")
        mail = make.delivery(run.row(number), kind="joining_instructions", state=Delivery.State.SENT)
        Delivery.objects.filter(pk=mail.pk).update(registration=None)
    assert lacking(claire) == [
        "People registered before a programme sheet was published: this run has none of its own.",
        f"3 certificates have not been issued. {everybody}",
        "1 trainee has no status for the yearly report. Amina Diallo-Lefèvre",
        TOO_LATE,
        LEFT_WITH_EMPLOYERS,
    ]
    assert claire.post("/en/desk/cycles/mse-1/programme/").status_code == 302
    TraineeFile.objects.update(kind="a")
    certificates.issue_all(run.cycle, kind=Document.Kind.CERTIFICATE, by=None, at=build.at(19))
    assert lacking(claire) == [TOO_LATE, LEFT_WITH_EMPLOYERS]
    answer_all_surveys(run)
    assert lacking(claire) == []
    assert "Nothing at the moment." in claire.get(PAGE).content.decode()


def test_nothing_is_missing_before_its_time(claire: Client) -> None:
    with time_machine.travel(make.paris(2026, 9, 20), tick=False):
        assert lacking(claire) == [
            "No training provider with a declaration of activity: no certificate can be issued.",
            "The module has no published programme sheet.",
            NOT_OPENED,
        ]


def test_surveys_are_missing_until_they_are_opened_ask_somebody_and_are_answered(
    claire: Client, run: build.Run
) -> None:
    def of_surveys() -> list[str]:
        needs = claire.get(PAGE).context["needs"]
        ours = [need for need in needs if need.url == "/en/desk/cycles/mse-1/surveys/"]
        return [" ".join([need.words, *sorted(need.names)]) for need in ours]

    assert of_surveys() == [LEFT_TO_OPEN]
    opened = {
        moment: surveys.open_survey(run.cycle, moment=moment, by=None, at=make.AT)
        for moment in ("needs", "hot", "trainer", "employer")
    }
    waiting = "Needs, before the training: 3 trainees have not answered."
    names = "Amina Diallo-Lefèvre Jean‑Noël d’Âme Zoë O’Brien-Nguyễn"
    assert of_surveys() == [
        "1 survey has not been opened, so nobody is asked. Three months after the training",
        f"{waiting} {names}",
        "At the end of the training: no answer yet.",
        "Employers, after the training: no address is given, so nobody is asked.",
        "Trainers, after the training: no address is given, so nobody is asked.",
    ]
    Answer.objects.create(survey=opened["needs"], cycle_registration=run.people[0], answered_at=make.AT)
    Urn.objects.create(survey=opened["hot"], count=1)
    surveys.set_guests(
        opened["trainer"], guests=[(build.MARC, "Marc")], language="fr", by=None, at=build.at(19)
    )
    surveys.close(opened["employer"], by=None, at=build.at(19))
    surveys.open_survey(run.cycle, moment="cold", by=None, at=build.at(19))
    others = names.removeprefix("Amina Diallo-Lefèvre ")
    assert of_surveys() == [
        f"Needs, before the training: 2 trainees have not answered. {others}",
        "Trainers, after the training: no answer yet.",
    ]
    # Nobody is asked yet; what was closed without an answer will have none, and at last the time of all is over.
    closed, late = "Employers, after the training: nobody has answered.", "Three months after the training: "
    for days, told in (
        (29, []),
        (31, [closed]),
        (91, [f"{late}no answer yet.", closed]),
        (140, [f"{late}nobody has answered.", closed]),
    ):
        with time_machine.travel(build.at(19) + dt.timedelta(days=days), tick=False):
            claire.force_login(make.membership(programme=run.programme).user)
            assert [words for words in of_surveys() if words.startswith(("Three", "Employers"))] == told


def test_of_many_people_the_first_are_named(claire: Client, run: build.Run) -> None:
    for number in range(4):
        person = make.participant(given_name="P", family_name=f"Zz{number}")
        owner = make.cycle_registration(cycle=run.cycle, participant=person)
        make.registration(session=run.morning, participant=person, cycle_registration=owner)
    words = lacking(claire)[3]
    assert words.startswith("Half-day 1: 7 people have neither signed")
    needs = claire.get(PAGE).context["needs"]
    assert (len(needs[3].names), needs[3].names[-1]) == (6, "and 2 others")


def test_a_trainer_sees_their_run_and_only_the_pages_that_they_may_open(
    client: Client, run: build.Run
) -> None:
    marc = make.user(email=build.MARC)
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.TRAINER, user=marc).user)
    needs = client.get(PAGE).context["needs"]
    assert {need.url for need in needs} == {
        "",
        "/en/desk/cycles/mse-1/sessions/demi-journee-1/sheet/",
        "/en/desk/cycles/mse-1/sessions/demi-journee-2/sheet/",
    }
    assert client.get(f"{PAGE}evidence.zip").status_code == 403
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.TRAINER).user)
    assert client.get(PAGE).status_code == 404


def test_trainers_are_asked_to_countersign_once_a_day(claire: Client, run: build.Run) -> None:
    ask = "/en/desk/cycles/mse-1/sessions/demi-journee-1/sheet/ask/"
    with time_machine.travel(build.at(12), tick=False):
        assert "Nobody was asked" in claire.post(ask, follow=True).content.decode()
    for words in ("1 trainer is asked by email to countersign.", "Nobody was asked"):
        assert words in claire.post(ask, follow=True).content.decode()
    mail = compose.message(Delivery.objects.get(kind="countersign_asked"), at=build.at(19))
    assert [build.MARC in to for to in mail.to] == [True]
    found = re.search(r"http://testserver(/fr/teach/[^\s/]+/)", str(mail.body))
    assert found is not None
    assert "Comprendre" in claire.get(found[1]).content.decode()
    build.all_sign(run, run.morning)
    build.countersign(run.morning)
    with time_machine.travel(build.at(19) + dt.timedelta(days=1), tick=False):
        assert "Nobody was asked" in claire.post(ask, follow=True).content.decode()
    assert Delivery.objects.filter(kind="countersign_asked").count() == 1


def unzipped(answer: Any) -> zipfile.ZipFile:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_archive_holds_all_that_proves_the_run(claire: Client, run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    module = run.cycle.module
    assert module is not None
    versions.save(module, values=build.SHEET, seen=None, by=None, at=make.AT)
    versions.publish(module, by=None, at=make.AT)
    CycleRegistration.objects.update(accessibility_need="fauteuil roulant")
    certificates.issue(run.people[0], kind=Document.Kind.CERTIFICATE, by=None, at=build.at(19))
    found = unzipped(claire.get(f"{PAGE}evidence.zip"))
    assert found.namelist() == [
        "programme-v1.pdf",
        "trainees.csv",
        "joining-instructions.csv",
        "certificates/CR-2026-0001.pdf",
        "certificates/CR-2026-0001.json",
        "sheets/FE-2026-0001.pdf",
        "sheets/FE-2026-0001.json",
        "sheets/FE-2026-0002.pdf",
        "sheets/FE-2026-0002.json",
        "MANIFEST.json",
        "index.html",
    ]
    manifest = json.loads(found.read("MANIFEST.json"))
    assert [one["sha256"] for one in manifest["files"]] == [
        hashlib.sha256(found.read(one["name"])).hexdigest() for one in manifest["files"]
    ]
    assert "2 certificates have not been issued." in " ".join(manifest["missing"])
    for document in Document.objects.all():
        content = found.read(
            f"{'sheets' if document.kind == 'sheet' else 'certificates'}/{document.full_number}.json"
        )
        assert hashlib.sha256(content).hexdigest() == document.record_sha256
    assert not any(b"fauteuil" in found.read(name) for name in found.namelist())
    assert "Amina Diallo-Lefèvre" in found.read("trainees.csv").decode()


def test_the_figures_of_a_year(claire: Client, run: build.Run) -> None:
    build.finished(run)
    page = f"/en/desk/programmes/{run.programme.slug}/yearly/"
    assert claire.get(page).headers["Location"] == f"{page}2026/"
    answer = claire.get(f"{page}2026/")
    assert "3 people without a status" in answer.content.decode()
    assert "These figures are incomplete." in answer.content.decode()
    TraineeFile.objects.bulk_create(
        TraineeFile(cycle_registration=owner, kind=kind)
        for owner, kind in zip(run.people, "ace", strict=True)
    )
    file = claire.get(f"{page}2026.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="bpf-2026-10443-17-incomplete.csv"'
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert "F-1;Trainees by status;total;Total;3;21;1260" in text
    claire.post(f"{page}2026/trainers/", {"name-0": "Marc Exemple", "trainer-0": "external"})
    row = TrainerEngagement.objects.get()
    assert (row.name, row.engagement) == ("Marc Exemple", "external")
    assert claire.get(f"{page}1999/").status_code == 404


def test_another_programme_of_the_provider_is_counted_for_who_plans_it(
    claire: Client, run: build.Run
) -> None:
    provider = build.provider(run)
    other = make.programme()
    other_link = provider.programmes.create(programme=other)
    build.finished(run)
    page = claire.get(f"/en/desk/programmes/{run.programme.slug}/yearly/2026/").content.decode()
    assert "1 programme of this provider is not yours to plan" in page
    other_link.delete()
    page = claire.get(f"/en/desk/programmes/{run.programme.slug}/yearly/2026/").content.decode()
    assert "not yours to plan" not in page


def test_a_paper_that_would_say_the_same_is_not_said_to_be_issued(claire: Client, run: build.Run) -> None:
    build.provider(run)
    build.finished(run)
    owner = run.people[0]
    url = f"/en/desk/cycles/mse-1/training/people/{owner.pk}/certificate/"
    first, again = (claire.post(url, follow=True).content.decode() for _time in range(2))
    assert ("Issued: CR-2026-0001." in first, "They are told by email, with the link" in first) == (
        True,
        True,
    )
    assert "CR-2026-0001 says the same already. Nothing was issued, and nobody is written to." in again
    assert "Issued:" not in again
    assert Document.objects.filter(cycle_registration=owner).count() == 1
    page = claire.get(f"/fr/desk/cycles/mse-1/training/people/{owner.pk}/").content.decode()
    Document.objects.filter(cycle_registration=owner).update(
        end="replaced", ended_at=build.at(19), end_reason="x"
    )
    ended = claire.get(f"/fr/desk/cycles/mse-1/training/people/{owner.pk}/").content.decode()
    assert ("version remplacée" in page, "version remplacée" in ended) == (False, True)
