"""What a session says: its words, its settings, its agenda and who speaks; whether its date is sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts import journal
from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.events import PlacesChanged, SessionAnnounced, SpeakersChanged
from cycles.models import Cycle, Session, SpeakerSlot
from cycles.schedule import planning
from cycles.schedule.revision import PlanningError, locked, next_revised_at

from . import rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from accounts.models import User

# Columns that have a verb of their own, or that only a file writes. Any other is edited here.
ELSEWHERE = frozenset(
    {
        "id",
        "uid",
        "cycle_id",
        "slug",
        "status",
        "planned_date",
        "starts_at",
        "ends_at",
        "is_all_day",
        "cancel_reason",
        "status_before_cancel",
        "status_before_postponing",
        "revision",
        "created_at",
        "revised_at",
        "shown_at",
        "shown_digest",
        "search_title",
        "search_page",
        "is_replay_held",
        "source",
        "certainty",
        "note",
    }
)
EDITABLE = frozenset(field.attname for field in Session._meta.concrete_fields) - ELSEWHERE
SETS = frozenset({"topics"})
AGENDA_LIMIT = 60


def edit(
    session: Session,
    *,
    values: Mapping[str, object],
    by: User | None,
    at: dt.datetime,
    seen: dt.datetime | None = None,
    agenda: Sequence[Mapping[str, Any]] | None = None,
) -> Session:
    """Write words and settings of a session; return the row, unchanged if every value was the same.

    `values` is by column (see EDITABLE) and has been validated. `agenda` (None: left alone) is the segments in
    order, each by column with `slots`, its speakers in order; `pk` names one that stays. Raises StaleError when
    the session has changed since its `revised_at` was `seen`, PlanningError for an agenda that is too long,
    ValueError for a field that has a verb of its own.
    """
    if foreign := set(values) - EDITABLE - SETS:
        msg = f"these fields are not edited here: {', '.join(sorted(foreign))}"
        raise ValueError(msg)
    with journal.entry("session.edit", session, by=by, at=at) as entry:
        if "capacity" in values:
            # Whoever passes places on holds the cycle first, then its sessions: the same order here.
            Cycle.objects.select_for_update().get(pk=session.cycle_id)
        with calendar_revision.one_change(at=at):
            row = _edit(session, values=values, agenda=agenda, at=at, seen=seen)
        if row.revised_at == session.revised_at:
            entry.drop()
        return row


def _edit(
    session: Session,
    *,
    values: Mapping[str, object],
    agenda: Sequence[Mapping[str, Any]] | None,
    at: dt.datetime,
    seen: dt.datetime | None,
) -> Session:
    row = locked(session, seen=seen)
    was_announced = row.is_announced
    columns = {name: value for name, value in values.items() if name in EDITABLE}
    changed = [name for name, value in columns.items() if rows.said(getattr(row, name)) != rows.said(value)]
    if "number" in changed:
        _check_number(row, values["number"])
    has_new_topics = "topics" in values and _write_topics(row, values["topics"])
    has_new_agenda, has_new_speakers = (False, False) if agenda is None else _write_agenda(row, agenda)
    if not changed and not has_new_agenda and not has_new_topics:
        return row
    for name in changed:
        setattr(row, name, values[name])
    row.revised_at = next_revised_at(row.revised_at, at=at)
    row.save(update_fields=[*changed, "revised_at"])
    if has_new_agenda or has_new_topics:
        # Rows written together tell nobody: pages are built anew, and calendars look at the session again.
        content_version.touch()
        calendar_revision.look([row.pk], at=at)
    if has_new_speakers:
        SpeakersChanged(session_id=row.pk, at=at).send()
    if "capacity" in changed:
        PlacesChanged(cycle_id=row.cycle_id, at=at).send()
    if row.is_announced and not was_announced:
        SessionAnnounced(session=row, at=at).send()
    return row


def _check_number(session: Session, number: Any) -> None:
    if number is not None and session.cycle.sessions.filter(number=number).exclude(pk=session.pk).exists():
        raise PlanningError(
            _("Another session of this cycle has the number %(number)s: choose a free one.")
            % {"number": number}
        )


def _write_topics(session: Session, topics: object) -> bool:
    """Make the topics of a session what they are to be, by primary key; return whether they differed."""
    wanted = set(topics) if isinstance(topics, list | tuple | set) else set()
    if wanted == set(session.topics.values_list("pk", flat=True)):
        return False
    session.topics.set(wanted)
    return True


def _write_agenda(session: Session, agenda: Sequence[Mapping[str, Any]]) -> tuple[bool, bool]:
    """Make the agenda what it is to be; return whether anything differed, and whether who speaks did."""
    if len(agenda) > AGENDA_LIMIT or any(len(item["slots"]) > AGENDA_LIMIT for item in agenda):
        raise PlanningError(
            _("That is too much for one session: keep it under %(limit)d items.") % {"limit": AGENDA_LIMIT}
        )
    segments = [{name: value for name, value in item.items() if name != "slots"} for item in agenda]
    (made,), differ = rows.replace(session.segments.all(), [({"session": session}, segments)])
    slots = SpeakerSlot.objects.filter(segment__session=session)
    wanted = [({"segment_id": segment.pk}, item["slots"]) for segment, item in zip(made, agenda, strict=True)]
    _slots, others = rows.replace(slots, wanted)
    return differ or others, others


def confirm_date(
    session: Session,
    *,
    by: User | None,
    at: dt.datetime,
    seen: dt.datetime | None = None,
) -> Session:
    """Say that a tentative date is sure. The date does not change, so `revision` stays."""
    with journal.entry("session.confirm", session, by=by, at=at):
        row = locked(session, seen=seen)
        planning.check(planning.Act.CONFIRM, row, at=at)
        row.status = Session.Status.CONFIRMED
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save(update_fields=["status", "revised_at"])
        if row.is_announced:
            SessionAnnounced(session=row, at=at).send()
        return row
