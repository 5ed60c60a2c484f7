"""What organisers write about a run and its trainees, beside what their sheets say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import journal
from training.models import RunSettings, TraineeFile

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.models import Cycle
    from registrations.models import CycleRegistration


def write_settings(cycle: Cycle, *, values: dict[str, Any], by: User | None, at: dt.datetime) -> RunSettings:
    with journal.entry("training.settings", cycle, by=by, at=at):
        return RunSettings.objects.update_or_create(cycle=cycle, defaults=values)[0]


def write_trainee(
    registration: CycleRegistration, *, values: dict[str, Any], by: User | None, at: dt.datetime
) -> TraineeFile:
    with journal.entry("training.trainee", registration, by=by, at=at):
        return TraineeFile.objects.update_or_create(cycle_registration=registration, defaults=values)[0]
