"""Run as a program by test_last_seat: one of several processes that confirm registrations at the same time.

python -m tests.registrations.booking.crowd prepare PLACES PEOPLE   makes a session and people who asked for it
python -m tests.registrations.booking.crowd confirm SHARE OF        confirms every OF-th person, from SHARE on
python -m tests.registrations.booking.crowd cancel SHARE OF         gives back every OF-th place, from SHARE on
python -m tests.registrations.booking.crowd count                   prints the states, in the order of the queue
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(places: int, people: int) -> None:
    from registrations import booking  # noqa: PLC0415 - once Django is set up
    from registrations.models import CycleRegistration  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    session = make.session(capacity=places)
    for number in range(people):
        applicant = booking.Applicant(email=f"p{number}@example.org", given_name="P", family_name=str(number))
        booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=make.AT)


def confirm(share: int, of: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from registrations import booking  # noqa: PLC0415
    from registrations.models import CycleRegistration  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    for registration in CycleRegistration.objects.order_by("pk")[share::of]:
        booking.confirm(registration, at=make.AT.replace(microsecond=timezone.now().microsecond))


def cancel(share: int, of: int) -> None:
    from registrations import booking  # noqa: PLC0415
    from registrations.models import Registration  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    for registration in Registration.objects.filter(pk__lte=10).order_by("pk")[share::of]:
        booking.cancel(registration, at=make.AT)


def count() -> None:
    from registrations.models import Registration  # noqa: PLC0415

    states = Registration.objects.order_by("queued_at", "pk").values_list("state", flat=True)
    sys.stdout.write(" ".join(states))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    command, *numbers = sys.argv[1:]
    acts: dict[str, Callable[..., None]] = {
        "prepare": prepare,
        "confirm": confirm,
        "cancel": cancel,
        "count": count,
    }
    acts[command](*map(int, numbers))
