"""What the yearly report counts: trainees and trainers of the half-days of a year that were countersigned.

A half-day is of the year in which it was held, where it was held: somebody in a run across New Year is counted in both
years, with the hours of each. Information sessions never count, nor who signed nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cycles.models import Session, SpeakerSlot
from training.models import Document, RunSettings, Syllabus, TraineeFile, TrainerEngagement
from training.signing import queries

from . import frames

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cycles.models import Programme

ZONE_SLACK = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A run with something missing of it: a kind of hole, and how many people or half-days it is about."""

    kind: str
    cycle_id: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Year:
    """The figures of a year, and what they lack."""

    year: int
    form: str
    frames: frames.Frames
    is_remote: bool
    # By name: what they are to the provider, and their minutes.
    trainers: tuple[tuple[str, str, int], ...]
    holes: tuple[Hole, ...]

    @property
    def is_complete(self) -> bool:
        return not self.holes and not self.frames.without_engagement


def year(programmes: Collection[Programme], *, of: int, at: dt.datetime) -> Year:
    """Return the figures of a year of these programmes, in a number of queries that does not depend on the runs."""
    held = _held(programmes, of)
    sheets = _sheets(held)
    counted = [one for one in held if one.pk in sheets]
    attendances, holes = _attendances(counted)
    open_days = [one for one in held if one.pk not in sheets and one.ends_at and one.ends_at <= at]
    taught = _taught(counted, sheets, programmes)
    return Year(
        year=of,
        form=frames.form_version(of),
        frames=frames.frames(attendances, taught),
        is_remote=any(one.modality in ("online", "hybrid") for one in counted),
        trainers=_by_name(taught),
        holes=(*_counted("half_days", (one.cycle_id for one in open_days)), *holes),
    )


def years(programmes: Collection[Programme]) -> list[int]:
    """Return the years in which these programmes held half-days of training, the latest first."""
    rows = Session.objects.held().filter(
        queries.in_frame(), cycle__programme__in=programmes, starts_at__isnull=False
    )
    return sorted(
        {one.local_date.year for one in rows.select_related("cycle") if one.local_date}, reverse=True
    )


def _held(programmes: Collection[Programme], of: int) -> list[Session]:
    start = dt.datetime(of, 1, 1, tzinfo=dt.UTC) - ZONE_SLACK
    end = dt.datetime(of + 1, 1, 1, tzinfo=dt.UTC) + ZONE_SLACK
    rows = (
        Session.objects.held()
        .filter(queries.in_frame(), cycle__programme__in=programmes, is_all_day=False)
        .filter(starts_at__gte=start, starts_at__lt=end)
        .select_related("cycle__module")
        .order_by("starts_at", "pk")
    )
    return [one for one in rows if one.local_date and one.local_date.year == of]


def _sheets(held: Iterable[Session]) -> dict[int, Document]:
    rows = Document.objects.sheets().live().light().filter(session__in=list(held))
    return {one.session_id: one for one in rows if one.session_id is not None}


def _attendances(counted: list[Session]) -> tuple[list[frames.Attendance], list[Hole]]:
    """Return what each trainee did in each run, and the runs in which something is not known of somebody."""
    by_pk = {one.pk: one for one in counted}
    minutes: dict[int, int] = {}
    run_of: dict[int, int] = {}
    for row in queries.rows(counted):
        session = by_pk[row.session_id]
        presence = queries.trainee(row, session).presence
        minutes[row.cycle_registration_id] = minutes.get(row.cycle_registration_id, 0) + presence.minutes
        run_of[row.cycle_registration_id] = session.cycle_id
    kinds = dict(
        TraineeFile.objects.filter(cycle_registration__in=minutes).values_list("cycle_registration", "kind")
    )
    cycles = {one.cycle_id for one in counted}
    sold = {
        cycle: (goal, nsf)
        for cycle, goal, nsf in Syllabus.objects.filter(runs__cycle__in=cycles).values_list(
            "runs__cycle", "bpf_goal", "nsf_code"
        )
    }
    flags = {one.cycle_id: one for one in RunSettings.objects.filter(cycle__in=cycles)}
    came = {pk: count for pk, count in minutes.items() if count > 0}
    result, holes = [], []
    for pk, count in came.items():
        cycle = run_of[pk]
        goal, nsf = sold.get(cycle, ("", ""))
        settings = flags.get(cycle)
        result.append(
            frames.Attendance(
                minutes=count,
                kind=kinds.get(pk, ""),
                goal=goal,
                speciality=nsf,
                is_subcontracted=bool(settings and settings.is_subcontracted),
                is_entrusted=bool(settings and settings.is_entrusted),
            )
        )
    own = [pk for pk in came if not ((found := flags.get(run_of[pk])) and found.is_entrusted)]
    holes += _counted("kind", (run_of[pk] for pk in own if not kinds.get(pk)))
    holes += _counted("goal", (run_of[pk] for pk in own if not sold.get(run_of[pk], ("", ""))[0]))
    holes += _counted("speciality", (run_of[pk] for pk in own if not sold.get(run_of[pk], ("", ""))[1]))
    return result, holes


def _counted(kind: str, cycles: Iterable[int]) -> list[Hole]:
    counts: dict[int, int] = {}
    for pk in cycles:
        counts[pk] = counts.get(pk, 0) + 1
    return [Hole(kind=kind, cycle_id=pk, count=count) for pk, count in counts.items()]


def _taught(
    counted: list[Session], sheets: dict[int, Document], programmes: Collection[Programme]
) -> list[frames.Taught]:
    """Return who gave which half-day, as the countersigned sheets name them."""
    rows = TrainerEngagement.objects.filter(programme__in=programmes).order_by("pk")
    known = {name_key(one.name): one.engagement for one in rows}
    agenda = _agendas(counted)
    result: list[frames.Taught] = []
    shown: dict[str, str] = {}
    for session in counted:
        record = json.loads(sheets[session.pk].record)
        named = record.get("trainer", {"name": ""})
        names = _who_taught(named["name"], named.get("others", []), agenda.get(session.pk, set()), named)
        result += [
            frames.Taught(
                name=shown.setdefault(name_key(name), name),
                minutes=queries.minutes_of(session),
                engagement=known.get(name_key(name), ""),
            )
            for name in names
        ]
    return result


def _agendas(counted: list[Session]) -> dict[int, set[str]]:
    """Return by session the names that its agenda has, as `name_key` writes them; one query."""
    result: dict[int, set[str]] = {}
    slots = SpeakerSlot.objects.filter(segment__session__in=counted, state__in=SpeakerSlot.SPEAKING)
    for slot in slots.select_related("person", "segment"):
        name = slot.contact_name or (str(slot.person) if slot.person else "")
        result.setdefault(slot.segment.session_id, set()).add(name_key(name))
    return result


def _who_taught(name: str, others: list[str], agenda: set[str], named: Mapping[str, str]) -> list[str]:
    """Return who taught: who countersigned and the others of the agenda, each once.

    An organiser who countersigns for the trainer gives a reason, and did not teach. A trainer who wrote their name in
    another way than the agenda is one of its names already.
    """
    if named.get("reason") or (others and name_key(name) not in agenda):
        return others
    return [one for one in (name, *(each for each in others if name_key(each) != name_key(name))) if one]


def name_key(name: str) -> str:
    """Return what a trainer's name is known by: capitals and blanks make no difference."""
    return " ".join(name.split()).casefold()


def _by_name(taught: Iterable[frames.Taught]) -> tuple[tuple[str, str, int], ...]:
    minutes: dict[tuple[str, str], int] = {}
    for one in taught:
        minutes[one.name, one.engagement] = minutes.get((one.name, one.engagement), 0) + one.minutes
    return tuple((*key, minutes[key]) for key in sorted(minutes, key=lambda key: name_key(key[0])))
