"""manage.py import_programme."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cycles.models import ContentVersion, Cycle, Organisation
from tests.cycles.imports.programme.files import PROGRAMME, SMALL, changed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def run(file: Path, **options: Any) -> tuple[list[str], list[str]]:
    out, err = StringIO(), StringIO()
    call_command("import_programme", str(file), stdout=out, stderr=err, **options)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "essai.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_twice(small: Path) -> None:
    assert run(small, language="en") == (
        [
            "cycles: 1 created, 0 changed",
            "exceptions: 1 created, 0 changed",
            "news: 1 created, 0 changed",
            "organisations: 2 created, 0 changed",
            "programmes: 1 created, 0 changed",
            "sessions: 3 created, 0 changed",
            "topics: 1 created, 0 changed",
            "10 created, 0 changed",
        ],
        [],
    )
    assert run(small, language="en") == (["0 created, 0 changed"], [])
    assert run(small, language="fr") == (["0 créé(s), 0 modifié(s)"], [])


def test_a_dry_run_writes_nothing(small: Path) -> None:
    lines, _errors = run(small, language="en", dry_run=True)
    assert lines[-2:] == ["10 created, 0 changed", "Dry run: nothing was written."]
    assert (Cycle.objects.count(), Organisation.objects.count(), ContentVersion.objects.count()) == (0, 0, 0)


def test_errors_and_warnings_name_the_file(small: Path) -> None:
    text = changed("planned_count: 3", "planned_count: 4", changed("number: 2", "number: deux"))
    small.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(small, language="en")
    assert str(caught.value).splitlines() == [
        "essai.yaml:31: sessions/deux: number: must be a whole number from 1 to 32767",
        "Nothing was imported.",
    ]


def test_warnings_go_beside_the_result(small: Path) -> None:
    small.write_text(changed("planned_count: 3", "planned_count: 4"), encoding="utf-8")
    assert run(small, language="fr")[1] == [
        "essai.yaml:20: cycles/mardis: planned_count: 3 séances pour 4 prévues (avertissement)"
    ]


def test_the_shift_must_be_the_same_the_second_time() -> None:
    run(PROGRAMME, shift_years=6, language="en")
    with pytest.raises(CommandError) as caught:
        run(PROGRAMME, language="en")
    assert str(caught.value).splitlines() == [
        (
            "programme.yaml:104: cycles/reconnaissance-2020-2021: was imported with dates shifted by 6 years: "
            "import it with the same shift (manage.py import_programme --shift-years 6), or under another slug"
        ),
        "Nothing was imported.",
    ]


def test_a_shift_needs_a_file_that_says_what_moves(small: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(small, shift_years=6, language="en")
    assert str(caught.value).splitlines() == [
        "essai.yaml:1: say in demo_shift.applies_to which cycles may be shifted",
        "Nothing was imported.",
    ]


def test_a_shift_of_a_thousand_years(small: Path) -> None:
    with pytest.raises(CommandError, match=r"^--shift-years: 100 years at most\.$"):
        run(small, shift_years=1000, language="en")
