"""Reading sessions: schedule, agenda, speakers. One that belongs to no cycle is an event held elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify
from django.utils.translation import gettext as _

from cycles.models import Event, Segment, Session, SpeakerSlot
from cycles.models.shared import Certainty, Modality
from cycles.schedule import recurrence

from .catalogue import refuse_repeated, sourced
from .reading import LONGEST_TEXT
from .records import Record, Row, Rows, SessionRecord

if TYPE_CHECKING:
    from .reading import Item, Reference
    from .records import CycleRecord

# “Done” is where the clock stands, not a status: such a session was confirmed.
STATUSES = {"done": Session.Status.CONFIRMED, **{status: status for status in Session.Status.values}}
MODALITIES = [modality for modality in Modality.values if modality != Modality.UNKNOWN]
UNDATED = (Session.Status.DRAFT, Session.Status.POSTPONED)


def event_from(item: Item) -> Record:
    """Return the event for a session that belongs to no cycle: nobody registers for it here."""
    fuzzy = item.fuzzy()
    if fuzzy.date_precision == "day":
        item.check_weekday(fuzzy.date_from)
    hosts = item.references("hosts", "organisations")
    host = item.reference("host", "organisations")
    item.ignore("cycle", "time_known", "status", "external", "weekday", "nth_weekday", "segments")
    fields = {
        "kind": Event.Kind.WEBINAR,
        "title": item.words("title", required=True),
        "url": item.text("url"),
        "date_from": fuzzy.date_from,
        "date_until": fuzzy.date_until,
        "date_precision": fuzzy.date_precision,
    } | sourced(item, "title_certainty")
    fields["note"] = "\n".join(part for part in (fields["note"], fuzzy.words) if part)
    return Record(
        section="events",
        slug=item.slug(),
        item=item,
        model=Event,
        fields=fields,
        refs={"programme": item.reference("programme", "programmes")},
        many={"hosts": [*([host] if host else []), *hosts]},
        checked=item.references("releases", "resources"),
    )


def session(item: Item, cycle: Reference, *, home: CycleRecord) -> SessionRecord:
    """Return the session of one entry; `home` is its cycle, which gives the zone and may give the hour."""
    status = item.choice("status", STATUSES, default=Session.Status.TENTATIVE)
    local_date, local_start, minutes = _schedule(item, status, home)
    item.check_weekday(local_date)
    certainty = sourced(item, "warning", "segments_note", "title_certainty")
    # A date that was only computed says nothing of the theme, whatever stands in for a title.
    has_theme = item.flag("theme_known", default=certainty["certainty"] != Certainty.COMPUTED)
    title = item.words("title", required=has_theme)
    checked = [item.reference("recap", "news"), item.reference("next_session", "sessions")]
    record = SessionRecord(
        section="sessions",
        slug=item.slug(),
        item=item,
        model=Session,
        cycle=cycle,
        local_date=local_date,
        local_start=local_start,
        has_offset=item.has("starts_at"),
        minutes=minutes,
        status=status,
        planned_date=item.date("planned_date"),
        cancel_reason=item.words("cancel_reason", limit=1000, required=status == Session.Status.CANCELLED),
        fields={
            "number": item.number("number"),
            "title": title if has_theme else "",
            "has_theme": has_theme,
            "summary": item.words("summary", limit=LONGEST_TEXT),
            "article": item.words("article", limit=LONGEST_TEXT),
            "article_url": item.text("article_url", limit=500),
            "modality": item.choice("modality", MODALITIES, default=Modality.ONLINE),
            "place": item.words("place"),
            "access": item.words("access", limit=LONGEST_TEXT),
            "room_url": item.text("room_url", limit=500),
            "is_recorded": item.flag("recorded"),
            "replay_url": item.text("replay_url", limit=500),
            "capacity": item.number("capacity", most=1_000_000),
        }
        | certainty,
        refs={"host": item.reference("host", "organisations")},
        many={"topics": item.references("topics", "topics")},
        rows=[Rows(name="segments", key=("order",), rows=_segments(item))],
        checked=[reference for reference in checked if reference],
    )
    tracks = [row.fields["slug"] for rows in home.rows if rows.name == "tracks" for row in rows.rows]
    record.track = item.choice("track", tracks)
    _read_territory(item, record)
    return record


def _read_territory(item: Item, record: SessionRecord) -> None:
    territory = item.item("territory")
    if territory is None:
        return
    name = territory.own_words(limit=200, required=True)
    record.fields["territory"] = {
        "slug": slugify((next(iter(name.values()), "") if isinstance(name, dict) else name)[:200]),
        "name": name,
        "kind": territory.text("kind", limit=40),
    }
    territory.finish()


def _schedule(
    item: Item, status: str, home: CycleRecord
) -> tuple[dt.date | None, dt.time | None, int | None]:
    """Return the local day, hour and length that the file gives; the hour may come from the rhythm."""
    starts_at, ends_at = item.moment("starts_at"), item.moment("ends_at")
    follows = item.flag("follows_rule", default=True)
    item.ignore("time_known")
    if starts_at is None:
        return _from_rhythm(item, status, home)
    zone = ZoneInfo(home.fields["timezone"])
    local = starts_at.astimezone(zone)
    if local.utcoffset() != starts_at.utcoffset():
        item.error(
            _("the offset of %(zone)s is %(offset)s on that day")
            % {"zone": zone.key, "offset": local.isoformat()[-6:]},
            "starts_at",
        )
    if ends_at is None or not dt.timedelta(0) < ends_at - starts_at <= dt.timedelta(days=1):
        item.error(_("a session ends after it starts, and within 24 hours"), "ends_at")
        return local.date(), None, None
    if not follows and home.rule and local.date() in _dates(home.rule):
        item.error(_("%(date)s is a date of the rhythm") % {"date": local.date()}, "follows_rule")
    return local.date(), local.time(), int((ends_at - starts_at).total_seconds()) // 60


def _from_rhythm(
    item: Item, status: str, home: CycleRecord
) -> tuple[dt.date | None, dt.time | None, int | None]:
    date = item.date("date")
    if date is None:
        if status not in UNDATED and not item.has("starts_at") and not item.has("date"):
            item.error(_("give starts_at and ends_at, or the date alone where the rhythm gives the hour"))
        return None, None, None
    if home.rule is None:
        if not home.item.has("recurrence"):
            item.error(_("give starts_at and ends_at: there is no rhythm to give the hour"))
        return date, None, None
    return date, home.rule.local_start, home.rule.minutes


def _dates(rule: recurrence.Rule) -> set[dt.date]:
    return {occurrence.planned_date for occurrence in recurrence.occurrences(rule)}


def _segments(item: Item) -> list[Row]:
    rows = []
    for place, segment in enumerate(item.items("segments"), start=1):
        topic = segment.reference("topic", "topics")
        kind = segment.choice("kind", Segment.Kind.values, default=Segment.Kind.INTERVENTION)
        # In an illustration, who speaks illustrates what it is about.
        illustrated = topic if kind == Segment.Kind.ILLUSTRATION else None
        slots = [_slot(slot, n, illustrated) for n, slot in enumerate(segment.items("speakers"), start=1)]
        rows.append(
            Row(
                fields={
                    "order": segment.number("order") or place,
                    "kind": kind,
                    "title": segment.words("title"),
                    "description": segment.words("description", limit=LONGEST_TEXT),
                    "minutes": segment.number("minutes", most=1440),
                },
                refs={"topic": topic},
                rows=[Rows(name="slots", key=("order",), rows=slots)],
            )
        )
        segment.finish()
    refuse_repeated(item, "segments", [row.fields["order"] for row in rows])
    return rows


def _slot(slot: Item, order: int, illustrated: Reference | None) -> Row:
    fields: dict[str, Any] = {"order": order}
    if slot.has("state"):
        fields["state"] = slot.choice("state", SpeakerSlot.State.values, default=SpeakerSlot.State.ACCEPTED)
    person = slot.reference("person", "people")
    organisation = slot.reference("organisation", "organisations")
    if person is None and organisation is None:
        slot.error(_("name a person, an organisation, or both"))
    refs = {
        "person": person,
        "organisation": organisation,
        "illustrates": slot.reference("illustrates", "topics") or illustrated,
    }
    slot.finish()
    return Row(fields=fields, refs=refs)
