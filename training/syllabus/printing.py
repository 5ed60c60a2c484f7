"""A programme sheet as a tagged PDF, in French as legal papers are; the same version always gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.language import wording
from training import run_facts
from training.documents.demonstration import PREFIX, is_of_demo
from training.documents.issued import issuers
from training.documents.printed import french, paper
from training.documents.printed.looks import Look
from training.models import SyllabusLook
from training.signing import hours

from . import checklist, fields

if TYPE_CHECKING:
    import datetime as dt

    from training.models import Syllabus


def pdf(row: Syllabus, *, at: dt.datetime) -> bytes:
    """Return the PDF of a version; `at` is what it says of when it was made: the moment of its publication."""
    module = row.module
    is_demo = module.slug.startswith(PREFIX) or is_of_demo(module.programme)
    return paper.render(
        paper.Paper(
            title=french.SYLLABUS_TITLE,
            lead=run_facts.french(row.title or module.title),
            blocks=[
                paper.text(version(row)),
                *(paper.section(fields.FRENCH[name], value) for name, value in _values(row)),
            ],
            issuer=issuers.of_programme(module.programme),
            is_demo=is_demo,
            look=_look(row),
        ),
        printed=None,
        at=at,
    )


def _look(row: Syllabus) -> Look | None:
    """Return the look that a version was published with; None for a draft, which shows today's."""
    if row.published_at is None:
        return None
    kept = SyllabusLook.objects.filter(syllabus=row).first()
    return Look(color=kept.color, png=bytes(kept.logo), alt=kept.alt) if kept is not None else Look()


def version(row: Syllabus) -> str:
    """Return "Version 2 du samedi 3 octobre 2026.", or that it is a draft."""
    if row.published_at is None or row.dated_on is None:
        return french.SYLLABUS_DRAFT % {"version": row.version}
    date = wording.long_date(row.dated_on, language="fr")
    return french.SYLLABUS_VERSION % {"version": row.version, "date": date}


def _values(row: Syllabus) -> list[tuple[str, str]]:
    return [(name, _text(row, name)) for name in checklist.FIELDS if row.is_filled(name)]


def _text(row: Syllabus, name: str) -> str:
    if name == "duration":
        count = row.half_days or 0
        words = f"{count} demi-journée{'s' if count > 1 else ''}"
        return french.SYLLABUS_DURATION % {"half_days": words, "hours": hours.printed(row.minutes or 0)}
    if name == "modality":
        return french.MODALITIES[row.modality].capitalize()
    return run_facts.french(getattr(row, name))
