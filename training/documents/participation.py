"""Attestations of participation in a session or a whole cycle of information: the person's own, made when they ask."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.models import Session
from registrations.attendance.models import Attendance
from registrations.attendance.noting import HALF_DAY
from registrations.models import CycleRegistration, Registration
from training import run_facts
from training.models import Document
from training.signing import hours

from .demonstration import is_demo
from .issued import issuers, issuing, records
from .printed import french, paper

if TYPE_CHECKING:
    from .issued.issuers import Issuer
    from .issued.issuing import Printed

CAME = (Attendance.State.PRESENT, Attendance.State.PARTIAL)


class DocumentError(Exception):
    """A document that cannot be issued; the message says why, in the reader's language."""


def minutes_known(attendance: Attendance, session: Session) -> int | None:
    """Return how long somebody was there; None where only a click on their link says that they came.

    Who was noted as present without a number was there all the time.
    """
    if attendance.minutes is not None:
        return attendance.minutes
    if session.starts_at is None or session.ends_at is None:
        return None
    if attendance.source == Attendance.Source.JOIN or attendance.state != Attendance.State.PRESENT:
        return None
    return hours.length(starts_at=session.starts_at, ends_at=session.ends_at)


def attended(registration: CycleRegistration, *, at: dt.datetime) -> list[tuple[Registration, Attendance]]:
    """Return the sessions of information that are over and that somebody came to, in order; one query each."""
    rows = Attendance.objects.filter(
        registration__cycle_registration=registration,
        half_day=HALF_DAY,
        state__in=CAME,
        registration__session__legal_frame=Session.LegalFrame.INFORMATION,
        registration__session__ends_at__lte=at,
    )
    ordered = rows.select_related("registration__session__cycle__programme__lead").order_by(
        "registration__session__starts_at", "pk"
    )
    return [(row.registration, row) for row in ordered]


def total(registration: CycleRegistration, *, at: dt.datetime) -> hours.Total:
    """Return "8 sessions of 12" as numbers: of what was held in the cycle and is over."""
    held = Session.objects.past(at=at).filter(
        cycle=registration.cycle_id, legal_frame=Session.LegalFrame.INFORMATION
    )
    return hours.total(
        [
            hours.Attended(
                is_full=row.state == Attendance.State.PRESENT, minutes=minutes_known(row, one.session)
            )
            for one, row in attended(registration, at=at)
        ],
        held=held.count(),
    )


@transaction.atomic
def of_session(registration: Registration, *, at: dt.datetime) -> Document:
    """Return the attestation of one session, issued now if it was not, or says something else than is known now.

    Raises DocumentError for who did not come.
    """
    owner = (
        CycleRegistration.objects.select_for_update(of=("self",))
        .select_related("participant", "cycle__programme__lead")
        .get(pk=registration.cycle_registration_id)
    )
    own = next((pair for pair in attended(owner, at=at) if pair[0].pk == registration.pk), None)
    if own is None:
        raise DocumentError(_("Nothing says that you came to this session: ask its organisers."))
    one, row = own
    session = one.session
    minutes = minutes_known(row, session)
    record = {
        "schema": "escale.participation/1",
        "kind": str(Document.Kind.PARTICIPATION),
        "person": {"name": str(owner.participant)},
        "session": _session(session),
        "cycle": {"slug": session.cycle.slug, "title": run_facts.french(session.cycle.title)},
        "presence": "joined" if row.source == Attendance.Source.JOIN else row.state,
        **({} if minutes is None else {"minutes": minutes}),
    }
    live = Document.objects.live().light().filter(registration=one, kind=Document.Kind.PARTICIPATION).first()
    return _renewed(
        live,
        partial(
            issuing.Draft,
            kind=Document.Kind.PARTICIPATION,
            cycle=session.cycle,
            session=session,
            registration=one,
            cycle_registration=owner,
            ended_at=session.ends_at or at,
            people=[owner.pk],
            is_demo=is_demo(session.cycle),
        ),
        record=record,
        issuer=issuers.of(session.cycle),
        at=at,
    )


@transaction.atomic
def of_cycle(registration: CycleRegistration, *, at: dt.datetime) -> Document:
    """Return the attestation of a whole cycle, as `of_session` does; it grows with each session."""
    owner = (
        CycleRegistration.objects.select_for_update(of=("self",))
        .select_related("participant", "cycle__programme__lead")
        .get(pk=registration.pk)
    )
    rows = attended(owner, at=at)
    if not rows:
        raise DocumentError(_("Nothing says that you came to a session of this cycle: ask its organisers."))
    sums = total(owner, at=at)
    record = {
        "schema": "escale.cycle/1",
        "kind": str(Document.Kind.CYCLE),
        "person": {"name": str(owner.participant)},
        "cycle": {"slug": owner.cycle.slug, "title": run_facts.french(owner.cycle.title)},
        "sessions": [
            {**_session(one.session), "presence": row.state, **_minutes(row, one.session)}
            for one, row in rows
        ],
        "total": {"attended": sums.sessions, "held": sums.held}
        | ({} if sums.minutes is None else {"minutes": sums.minutes}),
    }
    live = Document.objects.live().light().filter(cycle_registration=owner, kind=Document.Kind.CYCLE).first()
    last = rows[-1][0].session
    return _renewed(
        live,
        partial(
            issuing.Draft,
            kind=Document.Kind.CYCLE,
            cycle=owner.cycle,
            cycle_registration=owner,
            ended_at=last.ends_at or at,
            people=[owner.pk],
            is_demo=is_demo(owner.cycle),
        ),
        record=record,
        issuer=issuers.of(owner.cycle),
        at=at,
    )


def _minutes(row: Attendance, session: Session) -> dict[str, int]:
    known = minutes_known(row, session)
    return {} if known is None else {"minutes": known}


def _session(session: Session) -> dict[str, Any]:
    if session.starts_at is None or session.ends_at is None:
        msg = "a session that somebody came to has its hours"
        raise ValueError(msg)
    return {
        "title": run_facts.french(session.title),
        "starts_at": records.instant(session.starts_at),
        "ends_at": records.instant(session.ends_at),
        "zone": session.cycle.timezone,
    }


# What issuing adds to a record.
ADDED = ("version", "previous", "number", "provider")


def _renewed(
    live: Document | None,
    draft: Any,
    *,
    record: dict[str, Any],
    issuer: Issuer,
    at: dt.datetime,
) -> Document:
    """Return what is in force where it says the same; else the next version of it."""
    if live is not None:
        result = {key: value for key, value in json.loads(live.record).items() if key not in ADDED}
        if result == records.normal(record):
            return live
        issuing.end(live, as_=Document.End.REPLACED, reason=_("The person asked for a newer one."), at=at)
    whole = draft(record={**record, "provider": issuer.record()}, issuer=issuer)
    return issuing.issue(
        whole,
        render=partial(_render, issuer=issuer, is_invented=whole.is_demo),
        replaces=live,
        issued_by=None,
        at=at,
    )


def _render(printed: Printed, *, issuer: Issuer, is_invented: bool) -> bytes:
    record = printed.record
    is_cycle = record["kind"] == str(Document.Kind.CYCLE)
    zone = record["sessions"][0]["zone"] if is_cycle else record["session"]["zone"]
    blocks = _cycle_blocks(record) if is_cycle else _session_blocks(record)
    blocks.append(paper.text(french.PARTICIPATION_NOT))
    return paper.render(
        paper.Paper(
            title=french.PARTICIPATION_TITLE,
            lead=record["cycle"]["title"],
            blocks=blocks,
            issuer=issuer,
            is_demo=is_invented,
            zone=zone,
        ),
        printed=printed,
        at=printed.issued_at,
    )


def _session_blocks(record: dict[str, Any]) -> list[paper.Block]:
    sentence = french.PARTICIPATION_JOINED if record["presence"] == "joined" else french.PARTICIPATION_WHO
    pairs = [("Durée de présence", hours.clock(record["minutes"]))] if "minutes" in record else []
    return [
        paper.text(
            sentence
            % {
                "name": record["person"]["name"],
                "title": record["session"]["title"],
                "when": when(record["session"]),
            }
        ),
        *([paper.facts(pairs)] if pairs else []),
    ]


def _cycle_blocks(record: dict[str, Any]) -> list[paper.Block]:
    sums = record["total"]
    result = hours.Total(sessions=sums["attended"], held=sums["held"], minutes=sums.get("minutes"))
    return [
        paper.text(
            french.PARTICIPATION_CYCLE
            % {"name": record["person"]["name"], "title": record["cycle"]["title"], "total": str(result)}
        ),
        paper.table(
            ["Date", "Séance", "Présence"],
            [
                [
                    wording.short_when(moment(one["starts_at"]), zone=one["zone"], language="fr"),
                    one["title"],
                    _presence(one),
                ]
                for one in record["sessions"]
            ],
            columns=[2, 4, 2],
        ),
    ]


def _presence(one: dict[str, Any]) -> str:
    result = french.STATES[one["presence"]]
    return f"{result}, {hours.clock(one['minutes'])}" if "minutes" in one else result


def moment(written: str) -> dt.datetime:
    """Return an instant of a record."""
    return dt.datetime.fromisoformat(written)


def when(session: dict[str, Any]) -> str:
    """Return the day and the hours of a session of a record."""
    return wording.long_when(
        moment(session["starts_at"]), moment(session["ends_at"]), zone=session["zone"], language="fr"
    )
