"""Programme files for the tests of the importer."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path

import pytest

import cycles
from cycles.imports.programme import ImportRefused, Report, import_programme
from cycles.models import Cycle
from tests.make import AT, PARIS

DATA = Path(cycles.__file__).parent / "data"
PROGRAMME = DATA / "programme.yaml"

# A programme with one cycle: every first Tuesday, 18:00-19:00 in Paris, January to April 2026.
SMALL = """\
schema_version: 1
organisations:
  - {slug: atelier, name: "L'Atelier", kind: association}
  - {slug: fabrique, name: "La Fabrique", kind: foundation}
topics:
  - {slug: gouverner, fr: "Gouverner", en: "Governing"}
programmes:
  - slug: essai
    title: {fr: "L'essai", en: "The trial"}
    partners:
      - {organisation: atelier, role: lead, order: 1}
      - {organisation: fabrique, order: 2}
    objectives:
      - {order: 1, fr: "Comprendre", en: "Understand"}
cycles:
  - slug: mardis
    programme: essai
    kind: webinar_cycle
    title: {fr: "Les mardis", en: "Tuesdays"}
    planned_count: 3
    recurrence:
      rrule: "FREQ=MONTHLY;BYDAY=1TU"
      local_start: "18:00"
      duration_minutes: 60
      from_month: 2026-01
      to_month: 2026-04
      exceptions:
        - {kind: skip, date: 2026-04-07, reason_fr: "vacances"}
sessions:
  - {slug: un, cycle: mardis, number: 1, date: 2026-01-06, title: {fr: "Un", en: "One"}, status: confirmed}
  - {slug: deux, cycle: mardis, number: 2, date: 2026-02-03, title: {fr: "Deux"}, status: confirmed}
  - {slug: trois, cycle: mardis, number: 3, date: 2026-03-03, title: {fr: "Trois"}, status: tentative}
news:
  - {slug: annonce, kind: announcement, title: {fr: "Ouverture"}, about: [mardis], published_on: 2026-01-02}
"""
# Before the first session of SMALL.
BEFORE = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)


def load(folder: Path, text: str | bytes, *, at: dt.datetime = BEFORE, months: int = 0) -> Report:
    """Import a text as a file."""
    file = folder / "programme.yaml"
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(textwrap.dedent(text), encoding="utf-8")
    return import_programme(file, at=at, shift_months=months)


def changed(old: str, new: str, text: str = SMALL) -> str:
    """Return the file with one place written otherwise; the place must be there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
    return text.replace(old, new)


def refusal(folder: Path, text: str | bytes, *, months: int = 0) -> list[str]:
    """Import a text that must be refused; return its errors, in order."""
    with pytest.raises(ImportRefused) as caught:
        load(folder, text, months=months)
    return [str(error) for error in sorted(caught.value.report.errors)]


def real(*, years: int = 6, at: dt.datetime = AT) -> Report:
    """Import the programme that comes with the project."""
    return import_programme(PROGRAMME, at=at, shift_months=12 * years)


def journey() -> Cycle:
    return Cycle.objects.get(slug="reconnaissance-2020-2021")


def schedule(cycle: Cycle) -> list[tuple[str, str, str, str]]:
    return [
        (
            session.slug,
            str(session.planned_date),
            f"{session.starts_at.astimezone(PARIS):%Y-%m-%d %H:%M%z}" if session.starts_at else "",
            session.status,
        )
        for session in cycle.sessions.in_order()
    ]
