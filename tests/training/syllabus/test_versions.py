"""Versions of a programme sheet: complete before they are published, frozen after, kept for the runs they sold."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from django.db import IntegrityError, transaction

from cycles.models import Picture, Programme
from registrations import booking
from registrations.models import CycleRegistration
from tests import make
from tests.training import build
from tests.training.documents.test_tagged_papers import tags
from training.models import RunSyllabus, Syllabus, SyllabusLook
from training.syllabus import checklist, printing, queries, versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from cycles.models import Module

pytestmark = pytest.mark.django_db
AT = make.AT
DAY = dt.timedelta(days=1)


@pytest.fixture
def module() -> Module:
    return make.module(
        slug="lire", programme=make.programme(), legal_frame="training_action", audience={"fr": "bénévoles"}
    )


def published(module: Module, *, at: dt.datetime = AT, **values: Any) -> Syllabus:
    row = versions.draft(module)
    versions.save(module, values={**build.SHEET, **values}, seen=row.revised_at, by=None, at=at)
    return versions.publish(module, by=None, at=at)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_an_empty_sheet_of_a_training_is_not_published(module: Module) -> None:
    with pytest.raises(versions.SyllabusError):
        versions.publish(module, by=None, at=AT)
    versions.save(module, values={"dated_on": AT.date()}, seen=None, by=None, at=AT)
    with pytest.raises(versions.SyllabusError) as error:
        versions.publish(module, by=None, at=AT)
    # For whom it is stands on the module already.
    assert error.value.missing == tuple(name for name in checklist.FIELDS if name != "audience")
    assert not Syllabus.objects.published().exists()


@pytest.mark.parametrize("given", [None, dt.date(2026, 9, 1)])
def test_a_version_without_a_date_has_the_day_of_its_publication(given: dt.date | None) -> None:
    module = make.module()
    versions.save(module, values={"dated_on": given}, seen=None, by=None, at=AT)
    late = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    row = versions.publish(module, by=None, at=late)
    assert (row.version, row.dated_on) == (1, given or dt.date(2027, 1, 1))


def test_a_reason_stands_for_a_field_until_it_is_filled(module: Module) -> None:
    first = published(module, results="", waivers={"results": "première session", "price": "oubli"})
    assert (first.missing, first.waivers) == ([], {"results": "première session"})
    second = published(module, at=AT + DAY, results={"fr": "92 % de satisfaits en 2025 (n = 24)"})
    assert second.waivers == {}


def test_a_version_replaces_the_one_before(module: Module) -> None:
    first = published(module)
    second = published(module, at=AT + DAY, price={"fr": "140 €"})
    first.refresh_from_db()
    assert (first.version, first.ended_at, second.version, second.ended_at) == (1, AT + DAY, 2, None)
    assert (str(first.price), str(second.price)) == ("120 €", "140 €")
    assert versions.draft(module).version == 3


def test_who_saves_over_somebody_else_is_told(module: Module) -> None:
    versions.save(module, values={"price": {"fr": "120 €"}}, seen=None, by=None, at=AT)
    with pytest.raises(versions.SyllabusError):
        versions.save(module, values={"price": {"fr": "140 €"}}, seen=None, by=None, at=AT)
    assert str(versions.draft(module).price) == "120 €"


def test_a_run_keeps_the_version_that_it_was_sold_with(module: Module) -> None:
    first = published(module)
    run, other = make.run(module=module), make.run(module=module)
    for cycle in (run, other):
        make.half_days(cycle)
    applicant = booking.Applicant(email="amina@example.org", given_name="Amina", family_name="Diallo")
    booking.register(run, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    second = published(module, at=AT + DAY, price={"fr": "140 €"})
    assert (queries.of_run(run), queries.of_run(other), queries.in_force(module)) == (first, second, second)
    booking.register(other, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT + DAY)
    assert dict(RunSyllabus.objects.values_list("cycle", "syllabus")) == {
        run.pk: first.pk,
        other.pk: second.pk,
    }
    refused(lambda: RunSyllabus.objects.filter(cycle=run).update(syllabus=second))
    refused(first.delete)


def test_a_run_sold_without_a_sheet_is_given_one_once(module: Module) -> None:
    run = make.run(module=module)
    make.cycle_registration(cycle=run)
    with pytest.raises(versions.SyllabusError):
        versions.give(run, by=None, at=AT)
    first = published(module)
    assert versions.give(run, by=None, at=AT) == first
    published(module, at=AT + DAY)
    with pytest.raises(versions.SyllabusError):
        versions.give(run, by=None, at=AT)
    assert queries.of_run(run) == first


FROZEN: dict[str, Any] = {
    "price": {"fr": "1 €"},
    "objectives": {"fr": "Rien"},
    "minutes": 60,
    "half_days": 1,
    "modality": "online",
    "waivers": {"price": "oubli"},
    "version": 9,
    "dated_on": dt.date(2020, 1, 1),
    "title": {"fr": "Autre"},
    "legal_frame": "information",
    "published_at": AT + DAY,
}


@pytest.mark.parametrize("column", sorted(FROZEN))
def test_nothing_of_a_published_version_changes(module: Module, column: str) -> None:
    row = published(module)
    refused(lambda: Syllabus.objects.filter(pk=row.pk).update(**{column: FROZEN[column]}))


def test_its_codes_of_the_yearly_report_may_be_corrected(module: Module) -> None:
    row = published(module)
    versions.correct_codes(row, goal="a5", nsf="413", by=None, at=AT)
    row.refresh_from_db()
    assert (row.bpf_goal, row.nsf_code) == ("a5", "413")


def test_a_version_ends_once(module: Module) -> None:
    row = published(module)
    published(module, at=AT + DAY)
    refused(lambda: Syllabus.objects.filter(pk=row.pk).update(ended_at=AT + 2 * DAY))


@pytest.mark.parametrize("name", checklist.FIELDS)
def test_the_database_lets_no_training_be_published_with_a_hole(module: Module, name: str) -> None:
    versions.save(module, values=build.SHEET, seen=None, by=None, at=AT)
    holes: dict[str, dict[str, Any]] = {
        "duration": {"minutes": None},
        "modality": {"modality": "unknown"},
    }
    hole = holes.get(name, {name: ""})
    Syllabus.objects.update(**hole)
    refused(lambda: Syllabus.objects.update(published_at=AT))
    Syllabus.objects.update(waivers={name: "première session"})
    assert Syllabus.objects.update(published_at=AT) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"version": 0},
        {"minutes": 0},
        {"half_days": 0},
        {"bpf_goal": "z"},
        {"published_at": AT, "legal_frame": "information"},
        {"ended_at": AT},
    ],
)
def test_what_no_version_can_be(module: Module, values: dict[str, Any]) -> None:
    refused(lambda: Syllabus.objects.create(**{"module": module, "version": 1, "revised_at": AT} | values))


def test_one_draft_and_one_version_in_force(module: Module) -> None:
    published(module)
    versions.save(module, values={}, seen=None, by=None, at=AT)
    refused(lambda: Syllabus.objects.create(module=module, version=7, revised_at=AT))
    second = versions.draft(module)
    refused(lambda: Syllabus.objects.filter(pk=second.pk).update(published_at=AT, dated_on=AT.date()))


def test_the_pdf_says_all_of_it_and_is_the_same_each_time(module: Module) -> None:
    row = published(module, objectives={"fr": '- Observer #eval("1")\n- Noter $x$ *gras*\n<script>'})
    first, again = printing.pdf(row, at=AT), printing.pdf(row, at=AT)
    assert first == again
    pdf = pypdf.PdfReader(BytesIO(first))
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).replace("\u202f", " ").split())
    for text in (
        "Programme de formation",
        "Lire une rivière",
        "Version 1 du jeudi 1er octobre 2026.",
        "Public bénévoles",
        "Prérequis Aucun",
        'Observer #eval("1")',
        "Noter $x$ *gras*",
        "<script>",
        "2 demi-journées, soit 7,00 heures (7 h 00)",
        "En présence",
        "Accessibilité aux personnes en situation de handicap",
    ):
        assert text in words
    root: Any = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("fr", True, True)


def test_a_version_keeps_the_look_that_it_was_published_with(
    module: Module, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    first = published(module)
    plain = printing.pdf(first, at=AT)
    assert module.programme is not None
    make.logo(module.programme)
    Programme.objects.update(accent="navy")
    module.refresh_from_db()
    # One that is in force already stays; the draft and the next one show it.
    draft = versions.save(module, values={"dated_on": AT.date()}, seen=None, by=None, at=AT)
    drafted = printing.pdf(draft, at=AT)
    second = versions.publish(module, by=None, at=AT + DAY)
    shown = printing.pdf(second, at=AT)
    assert (printing.pdf(first, at=AT) == plain, figures(plain), figures(drafted), figures(shown)) == (
        True,
        0,
        1,
        1,
    )
    Picture.objects.all().delete()
    Programme.objects.update(accent="firebrick")
    assert printing.pdf(Syllabus.objects.get(pk=second.pk), at=AT) == shown
    refused(lambda: SyllabusLook.objects.filter(syllabus=second).update(color="#000000"))
    refused(lambda: SyllabusLook.objects.filter(syllabus=first).update(logo=b"x"))


def test_a_version_of_before_there_were_looks_has_none(module: Module, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = published(module)
    plain = printing.pdf(row, at=AT)
    SyllabusLook.objects.all().delete()
    assert module.programme is not None
    make.logo(module.programme)
    Programme.objects.update(accent="navy")
    assert printing.pdf(Syllabus.objects.get(pk=row.pk), at=AT) == plain


def figures(content: bytes) -> int:
    """Return how many pictures a paper describes."""
    root: Any = pypdf.PdfReader(BytesIO(content)).trailer["/Root"]
    return sum(tag["/S"] == "/Figure" for tag in tags(root["/StructTreeRoot"]))


def test_the_page_of_a_module_shows_the_lists_of_its_sheet(module: Module, client: Client) -> None:
    published(module, content={"fr": "Deux parties :\n- lire\n- écrire"})
    page = client.get("/fr/modules/lire/").content.decode()
    assert "<dd>Deux parties :<ul><li>lire</li><li>écrire</li></ul></dd>" in page
