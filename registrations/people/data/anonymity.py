"""Registrations that stay for the counts while nobody can say any more whose they were."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import OuterRef, Subquery

from registrations.events import RegistrationsForgotten
from registrations.models import CycleRegistration, Participant, Registration
from registrations.people import names, notes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

BATCH = 500


@transaction.atomic
def anonymise(ids: Iterable[int], *, at: dt.datetime) -> int:
    """Move cycle registrations to people without a name, one each; return how many.

    Somebody's registrations for two cycles are no longer known to be of one person. What was typed (needs,
    answers, the organiser's message) is emptied; states, dates and sessions stay.
    """
    count = 0
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        RegistrationsForgotten(ids=batch).send()
        notes.forget(batch)
        rows = list(CycleRegistration.objects.filter(pk__in=batch).order_by("pk").only("pk"))
        nobodies = Participant.objects.bulk_create(
            Participant(
                email="", email_key=f"nobody:{uuid.uuid4()}", created_at=at, confirmed_at=at, anonymised_at=at
            )
            for _row in rows
        )
        for row, nobody in zip(rows, nobodies, strict=True):
            row.participant = nobody
        CycleRegistration.objects.bulk_update(rows, ["participant"], batch_size=BATCH)
        CycleRegistration.objects.filter(pk__in=batch).update(
            accessibility_need="",
            answers={},
            decision_message="",
            requested_session_ids=[],
            **dict.fromkeys(names.TYPED, ""),
        )
        Registration.objects.filter(cycle_registration__in=batch).update(
            participant_id=Subquery(
                CycleRegistration.objects.filter(pk=OuterRef("cycle_registration")).values("participant")[:1]
            )
        )
        count += len(rows)
    return count
