"""How a cycle takes people, decided by its organisers: places, window, who decides, questions, codes of links.

Each verb is one transaction and lets the public pages follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from accounts import journal
from cycles import publication
from cycles.models import Cycle
from cycles.revising import next_revised_at

from . import booking
from .models import CycleRegistration, Question, SourceCode

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


@journal.verb("registration.terms", gettext_lazy("changed how a cycle takes registrations"))
def set_terms(
    cycle: Cycle,
    *,
    values: Mapping[str, Any],
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,
) -> Cycle:
    """Write the fields of TERMS; places that become free so go to those who wait, by one mail each.

    Nobody who has a place loses it, however few places remain.
    """
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    changed = [name for name in TERMS if name in values and getattr(row, name) != values[name]]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save(update_fields=[*changed, "revised_at"])
        booking.settle(row.pk, at=at)
    return row


@journal.verb("registration.codes", gettext_lazy("changed the codes of a cycle’s links"))
def set_codes(
    cycle: Cycle,
    *,
    codes: Mapping[str, str],
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,  # noqa: ARG001 - for the journal
) -> None:
    """Make these {code: who uses it} the codes that `?src=` may carry. Registrations keep the codes they came by."""
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    SourceCode.objects.filter(cycle=cycle).exclude(code__in=codes).delete()
    SourceCode.objects.bulk_create(
        [SourceCode(cycle=cycle, code=code, label=label) for code, label in codes.items()],
        update_conflicts=True,
        unique_fields=["cycle", "code"],
        update_fields=["label"],
    )
    publication.touch()


@journal.verb("registration.question", gettext_lazy("changed a question of the form"), of_result=True)
def save_question(
    cycle: Cycle,
    *,
    question: Question | None,
    values: Mapping[str, Any],
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,  # noqa: ARG001 - for the journal
) -> Question:
    """Write a question of the form, a new one when `question` is None; return it."""
    row = question or Question(cycle=cycle)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    publication.touch()
    return row


@journal.verb("registration.question_gone", gettext_lazy("took a question off the form"))
def retire_question(
    question: Question,
    *,
    by: User | None,  # noqa: ARG001 - for the journal
    at: dt.datetime,  # noqa: ARG001 - for the journal
) -> None:
    """Ask a question no more. Without an answer it is gone; one that was answered stays for the exports."""
    answered = CycleRegistration.objects.filter(cycle=question.cycle_id, answers__has_key=str(question.pk))
    if answered.exists():
        question.is_retired = True
        question.save(update_fields=["is_retired"])
    else:
        question.delete()
    publication.touch()


def carry_over(cycle: Cycle, *, to: Cycle) -> None:
    """Give another cycle the questions that the form asks and the codes of partners' links; no answer, no count."""
    questions = list(Question.objects.filter(cycle=cycle, is_retired=False))
    codes = list(SourceCode.objects.filter(cycle=cycle))
    for row in (*questions, *codes):
        row.pk = None
        row.cycle = to
    Question.objects.bulk_create(questions)
    SourceCode.objects.bulk_create(codes)
