"""How a cycle takes people, decided by its organisers: places, window, who decides, questions, codes of links.

Each verb is one transaction and lets the public pages follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import journal
from cycles.content import content_version
from cycles.content.editing import fingerprint
from cycles.models import Cycle
from cycles.schedule.revision import StaleError, next_revised_at
from registrations import booking
from registrations.models import CycleRegistration, Question, SourceCode

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User

TERMS = (
    "registration_mode",
    "registration_opens_at",
    "registration_closes_at",
    "capacity",
    "offer_hours",
)
# What an editor shows of a question.
ASKED = ("order", "kind", "label", "help_text", "choices", "is_required", "is_retired")


def digest(cycle: Cycle) -> str:
    """Return a short text that differs whenever the terms of a cycle do."""
    return fingerprint([getattr(cycle, name) for name in TERMS])


def digest_codes(cycle: Cycle) -> str:
    return fingerprint(list(SourceCode.objects.filter(cycle=cycle).values_list("code", "label")))


def digest_question(question: Question) -> str:
    return fingerprint([getattr(question, name) for name in ASKED])


def set_terms(
    cycle: Cycle,
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> Cycle:
    """Write the fields of TERMS; places that become free so go to those who wait, by one mail each.

    Nobody who has a place loses it, however few places remain. Raises StaleError when the terms are no longer what
    they were when their `digest` was `seen`.
    """
    with journal.entry("registration.terms", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if seen is not None and digest(row) != seen:
            raise StaleError(row)
        changed = [name for name in TERMS if name in values and getattr(row, name) != values[name]]
        if changed:
            for name in changed:
                setattr(row, name, values[name])
            row.revised_at = next_revised_at(row.revised_at, at=at)
            row.save(update_fields=[*changed, "revised_at"])
            booking.settle(row.pk, at=at)
        return row


def set_codes(
    cycle: Cycle,
    *,
    codes: Mapping[str, str],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """Make these {code: who uses it} the codes that `?src=` may carry. Registrations keep the codes they came by.

    Raises StaleError when the codes are no longer what they were when their `digest_codes` was `seen`.
    """
    with journal.entry("registration.codes", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if seen is not None and digest_codes(row) != seen:
            raise StaleError(row)
        SourceCode.objects.filter(cycle=cycle).exclude(code__in=codes).delete()
        SourceCode.objects.bulk_create(
            [SourceCode(cycle=cycle, code=code, label=label) for code, label in codes.items()],
            update_conflicts=True,
            unique_fields=["cycle", "code"],
            update_fields=["label"],
        )
        content_version.touch()


def save_question(
    cycle: Cycle,
    *,
    question: Question | None,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> Question:
    """Write a question of the form, a new one when `question` is None; return it.

    Raises StaleError when it is no longer what it was when its `digest_question` was `seen`.
    """
    with journal.entry("registration.question", by=by, at=at) as entry:
        if question is None:
            row = Question(cycle=cycle)
        else:
            row = Question.objects.select_for_update().get(pk=question.pk)
            if seen is not None and digest_question(row) != seen:
                raise StaleError(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        content_version.touch()
        entry.about(row)
        return row


def retire_question(
    question: Question,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Ask a question no more. Without an answer it is gone; one that was answered stays for the exports."""
    with journal.entry("registration.question_gone", question, by=by, at=at):
        answered = CycleRegistration.objects.filter(
            cycle=question.cycle_id, answers__has_key=str(question.pk)
        )
        if answered.exists():
            question.is_retired = True
            question.save(update_fields=["is_retired"])
        else:
            question.delete()
        content_version.touch()


def carry_over(cycle: Cycle, *, to: Cycle) -> None:
    """Give another cycle the questions that the form asks and the codes of partners' links; no answer, no count."""
    questions = list(Question.objects.filter(cycle=cycle, is_retired=False))
    codes = list(SourceCode.objects.filter(cycle=cycle))
    for question in questions:
        question.pk, question.cycle = None, to
    for code in codes:
        code.pk, code.cycle = None, to
    Question.objects.bulk_create(questions)
    SourceCode.objects.bulk_create(codes)
