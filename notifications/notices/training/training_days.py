"""One reminder a day for whoever trains at a run, about all their half-days of that day (R7).

Each half-day has its mailing as every session. The first that is due owes the mail, about the first of the day's
half-days; its key names the day, so that the others owe none, whatever is moved in between.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cycles.models import Cycle, Session, SpeakerSlot
from notifications.delivery import ledger
from notifications.models import Delivery, Occurrence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

KIND = "speaker_reminder"
BEGUN = (Occurrence.State.PLANNED, Occurrence.State.OPEN, Occurrence.State.CLOSED)


def concerns(kind: str, cycle: Cycle) -> bool:
    """Tell whether a kind of mail leaves once a day in a cycle."""
    return kind == KIND and cycle.is_run


def of_day(session: Session) -> list[Session]:
    """Return the half-days of a run that are held on the day of one of them, that one included; one query."""
    held = Session.objects.held().filter(cycle=session.cycle_id).order_by("starts_at", "pk")
    result = []
    for one in held:
        one.cycle = session.cycle
        if one.local_date == session.local_date:
            result.append(one)
    return result


def spoken_by(email: str, session: Session) -> list[Session]:
    """Return the later half-days of the day of one at which somebody has said that they train."""
    later = [one for one in of_day(session) if _order(one) > _order(session)]
    pairs = _speaking(later)
    return [one for one in later if (one.pk, email) in pairs]


def _order(session: Session) -> tuple[dt.datetime | None, int]:
    return session.starts_at, session.pk


def _speaking(sessions: Iterable[Session]) -> set[tuple[int, str]]:
    slots = SpeakerSlot.objects.confirmed().filter(segment__session__in=[one.pk for one in sessions])
    return set(slots.exclude(contact_email="").values_list("segment__session", "contact_email"))


def owed(
    occurrence: Occurrence, emails: Collection[str], *, prefix: str, at: dt.datetime
) -> dict[str, tuple[str, Session, int]]:
    """Return {address: (key, half-day, its revision)} of the mails that a mailing owes; nobody who is reminded already.

    A mail that was withdrawn, because its half-day was moved or cancelled, keeps nobody from the next one. `prefix` is
    that of the keys by which older versions owed a mail for each half-day: what they told is not told again.
    """
    step, session = occurrence.step, occurrence.session
    code = step.code if step else ""
    days = [one for one in of_day(session) if one.ends_at is None or one.ends_at > at]
    speaking = _speaking(days)
    rows = list(
        Delivery.objects.filter(cycle=session.cycle_id, kind=KIND, to_address__in=emails).only(
            "key", "state", "reason", "occurrence", "session", "revision", "to_address"
        )
    )
    told = {
        (row.session_id, row.revision, row.to_address)
        for row in rows
        if not row.key.startswith("day:") and row.state != Delivery.State.SKIPPED
    }
    keys = {row.key for row in rows}
    result = {}
    for email in emails:
        mark = f"s{ledger.address_hash(email)[:32]}"
        base = f"day:{session.cycle_id}:{code}:{session.local_date}:{mark}"
        before = [row for row in rows if row.key.startswith(base)]
        if f"{prefix}{mark}" in keys or any(_stands(row, occurrence) for row in before):
            continue
        first = next(
            (
                one
                for one in days
                if (one.pk, email) in speaking and (one.pk, one.revision, email) not in told
            ),
            session,
        )
        # A mailing that was overtaken by a newer schedule stays so.
        revision = occurrence.revision if first.pk == session.pk else first.revision
        result[email] = (f"{base}:{len(before)}", first, revision)
    return result


def _stands(row: Delivery, occurrence: Occurrence) -> bool:
    """Tell whether a mail about a day keeps a mailing from owing another: one that left, waits, or was its own."""
    is_withdrawn = row.state == Delivery.State.SKIPPED
    is_own = row.occurrence_id == occurrence.pk and row.reason != Delivery.Reason.SUPERSEDED
    return not is_withdrawn or is_own


def told_with_another(wanted: Collection[tuple[int, str]]) -> Counter[tuple[int, str]]:
    """Count, of each (half-day, code of a line), whom an earlier half-day of the day tells of it, as things stand.

    One query where none is of a run, four otherwise.
    """
    result: Counter[tuple[int, str]] = Counter()
    runs = Session.objects.filter(pk__in={pk for pk, _code in wanted}, cycle__kind=Cycle.Kind.RUN)
    sessions = {one.pk: one for one in runs.select_related("cycle")}
    if not sessions:
        return result
    held = list(
        Session.objects.held()
        .filter(cycle__in={one.cycle_id for one in sessions.values()})
        .select_related("cycle")
    )
    speaking = _speaking([*held, *sessions.values()])
    emails: dict[int, set[str]] = {}
    for pk, email in speaking:
        emails.setdefault(pk, set()).add(email)
    begun = set(
        Occurrence.objects.filter(session__in=held, step__isnull=False, state__in=BEGUN).values_list(
            "session", "revision", "step__code"
        )
    )
    for pk, code in wanted:
        session = sessions.get(pk)
        if session is None or session.starts_at is None:
            continue
        earlier: set[str] = set()
        for one in held:
            is_before = one.cycle_id == session.cycle_id and one.local_date == session.local_date
            if is_before and _order(one) < _order(session) and (one.pk, one.revision, code) in begun:
                earlier |= emails.get(one.pk, set())
        result[pk, code] = len(emails.get(pk, set()) & earlier)
    return result
