"""manage.py demo on an empty site: what it says, in every month, and that it leaves nothing behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management.base import CommandError

from cycles.imports.programme import import_programme
from cycles.models import Programme, Session
from desk import demo
from tests.desk.demonstration import AT, counts, invented, run

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
# What the command says went, and the table of ours that it is about; cycles and their runs are one table.
TABLES = {
    "sessions": "cycles.Session",
    "modules": "cycles.Module",
    "workshops": "cycles.Workshop",
    "organisations": "cycles.Organisation",
    "people": "cycles.Person",
    "participants": "registrations.Participant",
    "speaker_contacts": "speakers.Contact",
    "speaker_consents": "speakers.SpeakerConsent",
    "documents": "training.Document",
    "signatures": "training.Signature",
    "trainer_notes": "training.TrainerNote",
    "training_providers": "training.TrainingProvider",
    "number_counters": "training.Counter",
}


@pytest.mark.parametrize("day", ["2026-11-01", "2027-03-31", "2028-02-29", "2031-07-14"])
def test_there_is_always_a_past_and_a_future(day: str) -> None:
    at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    import_programme(demo.INVENTED_FILE, at=at, shift_months=None)
    sessions = list(invented().sessions.in_order())
    results = [session.phase(at=at) for session in sessions]
    assert results[:4] == ["done"] * 4
    assert results[4] in ("confirmed", "done")
    assert results[5:] == ["confirmed", "confirmed", "confirmed", "cancelled", "tentative", "tentative"]
    # Tuesdays, and the Thursday that was added: never a Sunday, whatever the month.
    assert [session.local_date.weekday() for session in sessions if session.local_date] == [1] * 7 + [3] + [
        1
    ] * 3


def test_loading_and_removing_leaves_nothing_behind() -> None:
    before = counts()
    assert run("load", minutes_to_next=3)[0] == (
        "The demonstration is loaded: two programmes, and people who do not exist."
    )
    loaded = counts()
    *sections, total = (line.removesuffix(" removed") for line in run("remove"))
    removed = {name: int(count) for name, count in (line.split(": ") for line in sections)}
    assert int(total) == sum(removed.values()) == 238
    assert removed.pop("cycles") + removed["runs"] == loaded["cycles.Cycle"]
    assert {name: removed[name] for name in TABLES} == {
        name: loaded[table] - before[table] for name, table in TABLES.items()
    }
    # The words that people were shown, of cycles and of trainings, stay as proof of what was said; so does the counter
    # of changes.
    assert counts() == before | {"registrations.ConsentText": 2, "cycles.ContentVersion": 1}


def test_removing_what_is_not_there() -> None:
    assert run("remove") == ["0 removed"]


def test_the_real_programme_imported_in_earnest_is_left_alone() -> None:
    import_programme(demo.REAL_FILE, at=AT)
    demo.load(at=AT)
    demo.remove(at=AT)
    assert list(Programme.objects.values_list("slug", flat=True)) == [demo.REAL_PROGRAMME]
    assert Session.objects.filter(cycle__slug=demo.REAL_CYCLE).count() == 12


OUT_OF_RANGE = "--minutes-to-next: a number from 1 to 1440, and not with remove."


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((), {}, "Say what to do: demo load, demo remove, or demo --minutes-to-next 3."),
        (("load",), {"minutes_to_next": 0}, OUT_OF_RANGE),
        ((), {"minutes_to_next": 1441}, OUT_OF_RANGE),
        (("remove",), {"minutes_to_next": 3}, OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_asked(arguments: tuple[str, ...], options: dict[str, Any], message: str) -> None:
    before = counts()
    with pytest.raises(CommandError) as caught:
        run(*arguments, **options)
    assert str(caught.value) == message
    assert counts() == before
