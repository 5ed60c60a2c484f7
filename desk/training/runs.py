"""What organisers write about a run and its trainees, beside what their sheets say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from accounts import journal
from training.models import RunSettings, TraineeFile

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.models import Cycle
    from registrations.models import CycleRegistration


@journal.verb("training.settings", gettext_lazy("changed how the presence at a run is proved"))
def write_settings(cycle: Cycle, *, values: dict[str, Any], by: User | None, at: dt.datetime) -> RunSettings:
    del by, at
    return RunSettings.objects.update_or_create(cycle=cycle, defaults=values)[0]


@journal.verb("training.trainee", gettext_lazy("wrote a trainee’s file"))
def write_trainee(
    registration: CycleRegistration, *, values: dict[str, Any], by: User | None, at: dt.datetime
) -> TraineeFile:
    del by, at
    return TraineeFile.objects.update_or_create(cycle_registration=registration, defaults=values)[0]
