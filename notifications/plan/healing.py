"""Finding mailings that are not what they should be: whatever changed a session or a line and forgot to replan.

A tick looks at the sessions that changed in the last hour, and at the next few hundred of all others, in turn: it costs
the same on a site with a hundred times as many. A site of an ordinary size is looked at as a whole each time.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from cycles.content import content_version
from cycles.models import Cycle, Session
from notifications.models import LONGEST_DELTA, Heartbeat, Occurrence, ReminderStep
from notifications.notices import surveys

from . import defaults, planner

if TYPE_CHECKING:
    from collections.abc import Collection

LAST_STEP_AFTER = dt.timedelta(days=LONGEST_DELTA)
# How many sessions of all one tick looks at, and within how long those that changed are found beside them.
SLICE = 200
CHANGED_WITHIN = dt.timedelta(hours=1)
# Sessions replanned in one transaction: their rows are locked until its end.
TOGETHER = 50
# The heartbeat whose detail says how far the last tick came.
HEAL = "heal"


def heal_some(*, at: dt.datetime) -> int:
    """Replan what is wrong among what changed lately and the next slice of the others; return how many sessions."""
    mark = Heartbeat.objects.filter(name=HEAL).values_list("detail", flat=True).first() or ""
    after = int(mark) if mark.isdecimal() else 0
    lasting = Session.objects.filter(Q(ends_at__gt=at - LAST_STEP_AFTER) | Q(ends_at=None)).order_by("pk")
    piece = list(lasting.filter(pk__gt=after).values_list("pk", flat=True)[:SLICE])
    changed = Session.objects.filter(revised_at__gt=at - CHANGED_WITHIN).order_by("-revised_at")
    pks = {*piece, *changed.values_list("pk", flat=True)[:SLICE]}
    _default_plans()
    healed = _replan_wrong(pks, at=at)
    # Round again once the last was reached.
    reached = str(piece[-1]) if len(piece) == SLICE else ""
    if reached != mark:
        Heartbeat.objects.update_or_create(name=HEAL, defaults={"at": at, "detail": reached})
    return healed


def _default_plans() -> None:
    """Give the default plan to cycles that have no line."""
    lines = ReminderStep.objects.filter(cycle=OuterRef("pk"))
    bare = defaults.with_reminders().exclude(status=Cycle.Status.ARCHIVED).filter(~Exists(lines))
    for cycle in bare:
        defaults.default_steps(cycle)


def _replan_wrong(pks: Collection[int], *, at: dt.datetime) -> int:
    planned = Occurrence.objects.filter(
        session=OuterRef(OuterRef("pk")),
        step__code=OuterRef("code"),
        revision=OuterRef(OuterRef("revision")),
    )
    replaced = ReminderStep.objects.filter(session=OuterRef(OuterRef("pk")), code=OuterRef("code"))
    lines = ReminderStep.objects.filter(cycle=OuterRef("cycle"), is_enabled=True)
    lines = lines.exclude(surveys.is_elsewhere())
    of_cycle = lines.filter(session=None).exclude(Exists(replaced)).exclude(Exists(planned))
    of_session = lines.filter(session=OuterRef("pk")).exclude(Exists(planned))
    stale = Occurrence.objects.filter(
        session=OuterRef("pk"), step__isnull=False, state__in=planner.TO_DO
    ).filter(~Q(revision=OuterRef("revision")) | Q(step__is_enabled=False))
    looked_at = Session.objects.filter(pk__in=pks)
    held = looked_at.held().filter(ends_at__gt=at - LAST_STEP_AFTER)
    wrong = list(held.filter(Exists(of_cycle) | Exists(of_session) | Exists(stale)))
    gone = looked_at.exclude(status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED))
    left = Occurrence.objects.filter(session=OuterRef("pk"), step__isnull=False, state__in=planner.TO_DO)
    wrong += list(gone.filter(Exists(left)))
    for start in range(0, len(wrong), TOGETHER):
        planner.replan_all([session.pk for session in wrong[start : start + TOGETHER]])
    if wrong:
        # The page of a session says which reminders come.
        content_version.touch()
    return len(wrong)
