"""J5, step 7: Claire imports the programme from its file instead, looks first, and may do it twice."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command

from cycles.models import Cycle
from cycles.site.page_cache.snapshots import store
from tests.cycles.imports.programme.files import PROGRAMME, changed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/fr/cycles/reconnaissance-2020-2021/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """1 October 2026, 09:00 in Paris: three weeks before the first stop."""
    store.clear()
    with time_machine.travel("2026-10-01T07:00:00+00:00", tick=False):
        yield
    store.clear()


def importing(file: Path, **options: object) -> str:
    out = StringIO()
    call_command("import_programme", str(file), stdout=out, language="en", **options)
    return out.getvalue().splitlines()[-1]


def test_look_import_and_import_again(client: Client) -> None:
    assert importing(PROGRAMME, shift_years=6, dry_run=True) == "Dry run: nothing was written."
    assert client.get(PAGE).status_code == 404
    assert importing(PROGRAMME, shift_years=6) == "125 created, 0 changed"
    page = client.get(PAGE)
    text = page.content.decode()
    assert page.status_code == 200
    for words in (
        "Le voyage en 12 escales",
        "(Re)Connaissance des modèles socio-économiques d&#x27;intérêt général",
        "Données de démonstration\u202f: dates décalées de 6 ans.",
        "jeudi 22 octobre 2026, 13\u202fh\u202f00 – 14\u202fh\u202f30 (heure de Paris)",
        "le 15 octobre est le jour du lancement du programme",
        "pause estivale",
        "Compagnons du Devoir",
    ):
        assert words in text, words
    assert importing(PROGRAMME, shift_years=6) == "0 created, 0 changed"
    assert client.get(PAGE).content == page.content


def test_a_title_with_html_is_read_as_it_is_written(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "essai.yaml"
    title = "<script>alert(1)</script> & <b>mardis</b>"
    file.write_text(changed('title: {fr: "Les mardis"', f'title: {{fr: "{title}"'), encoding="utf-8")
    importing(file)
    assert Cycle.objects.get(slug="mardis").title.localize("fr") == title
    text = client.get("/fr/cycles/mardis/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;mardis&lt;/b&gt;</h1>" in text
    feed = client.get("/fr/cycles/mardis.ics").content.decode()
    assert "BEGIN:VEVENT" in feed
