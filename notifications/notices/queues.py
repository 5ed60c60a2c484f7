"""What mails say about queues: dates somebody waits for, places held for them, dates that were added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registrations.links import personal_links
from registrations.models import Registration, State
from registrations.pages.own import my_pages

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from notifications.mail.draft import Draft
    from notifications.models import Delivery


@dataclass(frozen=True)
class Waiting:
    """A date that somebody waits for, and which number they have in its queue (from 1)."""

    stop: Any
    position: int


def facts(draft: Draft) -> dict[str, Any]:
    """Return what is true as the mail leaves: `stops`, `waiting`, the number in the cycle's queue, the answer."""
    delivery, person = draft.delivery, draft.delivery.cycle_registration
    if person is None:
        return {}
    rows = _rows(delivery, at=draft.at)
    # Only the mail that a decision caused repeats the organiser's words.
    is_answer = delivery.created_at == person.decided_at
    result: dict[str, Any] = {"message": person.decision_message if is_answer else delivery.note}
    result["is_accepted"] = is_answer
    result["is_in"] = person.state == State.CONFIRMED
    result["stops"] = [draft.stop(row.session) for row in _in_order(rows.filter(state=State.CONFIRMED))]
    waiting = list(_in_order(rows.filter(state=State.WAITLISTED)))
    positions = my_pages.waiting_positions(row.session_id for row in waiting)
    result["waiting"] = [Waiting(draft.stop(row.session), positions[row.pk]) for row in waiting]
    # A place that is offered is not theirs yet.
    result["only_waits"] = not result["stops"] and (
        bool(waiting) or rows.filter(state=State.OFFERED).exists()
    )
    if person.state == State.WAITLISTED:
        result["position"] = my_pages.cycle_position(person)
    return result


def offers(draft: Draft) -> dict[str, Any]:
    """Return the places that are held for the reader, too, until when, and the page that takes them."""
    person = draft.delivery.cycle_registration
    if person is None:
        return {}
    offered = list(_in_order(_rows(draft.delivery, at=draft.at).filter(state=State.OFFERED)))
    ends = [row.offer_ends_at for row in offered if row.offer_ends_at]
    ends += [person.offer_ends_at] if person.offer_ends_at else []
    zone = draft.reader.timezone or draft.cycle.timezone
    sessions = [row.session for row in offered]
    if person.state == State.OFFERED:
        # A place in the whole cycle: its dates have no rows of theirs yet.
        sessions += draft.cycle.sessions.upcoming(at=draft.at).select_related("cycle")
    return {
        **facts(draft),
        "offered": [draft.stop(session) for session in sessions],
        "offer_url": personal_links.offer(person, language=draft.language, person=draft.participant),
        "offer_until": my_pages.until(min(ends, default=None), zone=zone),
    }


def added_seats(delivery: Delivery, *, at: dt.datetime) -> QuerySet[Registration]:
    """Return the places at added dates that a mail about them tells of; dates that somebody waits for are none."""
    return _in_order(_rows(delivery, at=at).filter(state=State.CONFIRMED))


def _rows(delivery: Delivery, *, at: dt.datetime) -> QuerySet[Registration]:
    rows = Registration.objects.filter(
        cycle_registration=delivery.cycle_registration_id, session__ends_at__gt=at
    )
    if delivery.kind == "sessions_added":
        rows = rows.filter(queued_at__gte=delivery.created_at)
    return rows


def _in_order(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    held = rows.filter(session__status__in=("tentative", "confirmed"))
    return held.select_related("session__cycle").order_by("session__starts_at", "pk")
