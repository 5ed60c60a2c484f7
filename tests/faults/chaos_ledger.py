"""What the chaos run asks the ledger: prepare it, count what waits, hold it against the server's log."""

from __future__ import annotations

import collections
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(mails: str, on_uncertain: str) -> dict[str, int]:
    """Register so many people and owe them a reminder; every tenth becomes too late within half a minute."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up now
    from django.db.models import F  # noqa: PLC0415
    from django.db.models.functions import Mod  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from bench import crowd  # noqa: PLC0415
    from notifications.models import Delivery, ReminderStep  # noqa: PLC0415
    from notifications.plan import defaults, planner  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    at = timezone.now()
    session = make.session(starts_at=at + dt.timedelta(minutes=59), number=2)
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    ReminderStep.objects.update(on_uncertain=on_uncertain)
    planner.replan(session)
    crowd.register(session, int(mails))
    while planner.open_due(at=at):
        pass
    owed = Delivery.objects.count()
    Delivery.objects.annotate(tenth=Mod(F("pk"), 10)).filter(tenth=0).update(
        not_after=timezone.now() + dt.timedelta(seconds=30)
    )
    return {"owed": owed}


def waiting() -> dict[str, int]:
    from notifications.models import Delivery  # noqa: PLC0415 - Django is set up now

    return {"waiting": Delivery.objects.filter(state__in=("pending", "claimed", "sending")).count()}


def judge(log: str) -> dict[str, int]:
    """Hold what the ledger says against what the server took."""
    from notifications.delivery import ledger  # noqa: PLC0415 - Django is set up now
    from notifications.models import Delivery  # noqa: PLC0415

    copies: collections.Counter[str] = collections.Counter()
    withheld: collections.Counter[str] = collections.Counter()
    for line in Path(log).read_text(encoding="ascii").splitlines():
        _moment, number, outcome = line.split()
        copies[number] += 1
        withheld[number] += outcome.endswith("-accepted")
    result: collections.Counter[str] = collections.Counter()
    known = set()
    for row in Delivery.objects.iterator():
        number = ledger.message_id(row.key)
        known.add(number)
        taken, extra = copies[number], max(copies[number] - 1, 0)
        result["accepted"] += taken > 0
        result["extra"] += extra
        # The server took it and did not say so: no client can do better.
        result["withheld"] += extra if withheld[number] else 0
        result["extra_unexplained"] += extra if row.doubts == 0 else max(extra - 1, 0)
        result["sent_but_not_accepted"] += row.state == "sent" and not taken
        result["unsent_but_accepted"] += row.state in ("failed", "suppressed", "skipped") and taken > 0
        result["held"] += row.state == "uncertain" and not taken
        result["skipped"] += row.state == "skipped"
        result["refused"] += row.state in ("failed", "suppressed")
        result["waiting"] += row.state in ("pending", "claimed", "sending")
        result["after_not_after"] += bool(row.sending_at and row.not_after and row.sending_at > row.not_after)
        says_why = row.state in ("failed", "suppressed", "uncertain") or row.reason == "too_late"
        result["lost"] += not taken and not says_why
    result["extra_unexplained"] += sum(count for number, count in copies.items() if number not in known)
    return {name: int(number) for name, number in result.items()}


if __name__ == "__main__":
    django.setup()
    action, given = sys.argv[1], sys.argv[2:]
    actions: dict[str, Callable[..., dict[str, int]]] = {
        "prepare": prepare,
        "waiting": waiting,
        "judge": judge,
    }
    answer = actions[action](*given)
    print(json.dumps(answer))  # noqa: T201 - a program
