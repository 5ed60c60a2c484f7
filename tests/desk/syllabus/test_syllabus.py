"""The editor of programme sheets: what is missing is said, nothing typed is lost, the public sees what is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Module
from cycles.site.page_cache.snapshots import store
from tests import make
from tests.training import build
from training.models import RunSyllabus, Syllabus
from training.syllabus import checklist, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/fr/desk/modules/lire/programme/"
WRITTEN = {
    "dated_on": "2026-10-01",
    "minutes": "420",
    "half_days": "2",
    "modality": "on_site",
    **{f"{name}_fr": build.SHEET[name]["fr"] for name in checklist.TEXTS},
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def module() -> Module:
    return make.module(slug="lire", programme=make.programme(), legal_frame="training_action")


@pytest.fixture
def marc(client: Client, module: Module) -> Client:
    client.force_login(make.membership(programme=module.programme).user)
    return client


def seen(client: Client) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', client.get(PAGE).content.decode())
    return found[1] if found else ""


def missing(page: str) -> list[str]:
    return re.findall(r'<li><a href="#field-(\w+)">', page)


def test_an_empty_sheet_lists_all_that_is_missing(marc: Client) -> None:
    assert missing(marc.get(PAGE).content.decode()) == list(checklist.FIELDS)
    answer = marc.post(f"{PAGE}publish/")
    assert (answer.status_code, Syllabus.objects.count()) == (422, 0)


def test_saved_in_parts_then_published(marc: Client) -> None:
    part = {name: text for name, text in WRITTEN.items() if not name.startswith(("price", "results"))}
    assert marc.post(PAGE, part).status_code == 302
    assert missing(marc.get(PAGE).content.decode()) == ["price", "results"]
    refused = marc.post(f"{PAGE}publish/")
    assert (refused.status_code, "Tarif, Résultats" in refused.content.decode()) == (422, True)
    whole = {**part, "price_fr": "120 €", "waiver_results": "première session", "seen": seen(marc)}
    assert marc.post(PAGE, whole).status_code == 302
    assert marc.post(f"{PAGE}publish/").status_code == 302
    row = Syllabus.objects.get()
    assert (row.version, row.missing, row.waivers) == (1, [], {"results": "première session"})
    pdf = marc.get("/fr/desk/modules/lire/programme/1.pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


def test_a_wrong_number_is_said_and_nothing_typed_is_lost(marc: Client) -> None:
    answer = marc.post(
        PAGE, {**WRITTEN, "minutes": "sept heures", "nsf_code": "abc", "results_fr": "92 % <b>"}
    )
    page = answer.content.decode()
    assert (answer.status_code, Syllabus.objects.count()) == (422, 0)
    assert 'value="sept heures"' in page
    assert 'value="abc"' in page
    assert "92 % &lt;b&gt;" in page


def test_who_saves_over_somebody_else_sees_both(marc: Client) -> None:
    before = seen(marc)
    marc.post(PAGE, {"price_fr": "120 €", "seen": before})
    answer = marc.post(PAGE, {"price_fr": "140 €", "seen": before})
    assert (answer.status_code, 'value="140 €"' in answer.content.decode()) == (422, True)
    assert str(Syllabus.objects.get().price) == "120 €"
    found = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert found is not None
    assert marc.post(PAGE, {"price_fr": "140 €", "seen": found[1]}).status_code == 302
    assert str(Syllabus.objects.get().price) == "140 €"


def publish(module: Module, **values: object) -> Syllabus:
    row = versions.draft(module)
    versions.save(module, values={**build.SHEET, **values}, seen=row.revised_at, by=None, at=make.AT)
    return versions.publish(module, by=None, at=make.AT)


def test_the_public_reads_the_version_in_force_and_the_one_of_their_run(
    client: Client, module: Module
) -> None:
    run = make.run(module=module, slug="lire-1")
    make.half_days(run)
    assert "Programme de la formation" not in client.get("/fr/modules/lire/").content.decode()
    publish(module, objectives={"fr": "- Observer\n- Noter", "en": "Observe"})
    make.cycle_registration(cycle=run)
    versions.keep(run, at=make.AT)
    publish(module, price={"fr": "140 €"})
    store.recheck()
    page = client.get("/fr/modules/lire/").content.decode()
    assert "<dd><ul><li>Observer</li><li>Noter</li></ul></dd>" in page
    assert "<dd>140 €</dd>" in page
    assert 'href="/fr/modules/lire/programme-2.pdf"' in page
    assert 'href="/fr/modules/lire/programme-1.pdf"' in client.get("/fr/cycles/lire-1/").content.decode()
    english = client.get("/en/modules/lire/").content.decode()
    assert '<dd lang="fr">140 €</dd>' in english
    for version in (1, 2):
        answer = client.get(f"/fr/modules/lire/programme-{version}.pdf")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert client.get("/fr/modules/lire/programme-3.pdf").status_code == 404
    Module.objects.update(is_published=False)
    store.clear()
    assert client.get("/fr/modules/lire/programme-1.pdf").status_code == 404


def test_the_codes_of_a_published_version_are_corrected(marc: Client, module: Module) -> None:
    publish(module)
    page = f"{PAGE}1/codes/"
    refused = marc.post(page, {"bpf_goal": "d", "nsf_code": "9x"})
    assert (refused.status_code, 'value="9x"' in refused.content.decode()) == (422, True)
    assert marc.post(page, {"bpf_goal": "a5", "nsf_code": "413"}).status_code == 302
    row = Syllabus.objects.get()
    assert (row.bpf_goal, row.nsf_code, str(row.price)) == ("a5", "413", "120 €")


def test_a_run_is_given_its_sheet_afterwards(marc: Client, module: Module) -> None:
    run = make.run(module=module, slug="lire-1")
    make.half_days(run, legal_frame="training_action")
    make.cycle_registration(cycle=run)
    publish(module)
    assert marc.post("/fr/desk/cycles/lire-1/programme/").status_code == 302
    assert RunSyllabus.objects.get().syllabus.version == 1
