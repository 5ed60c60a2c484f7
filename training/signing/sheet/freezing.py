"""Countersigning a half-day, which freezes its sheet, and undoing that with a reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import addresses, journal
from cycles.models import SpeakerSlot
from registrations.attendance import noting
from speakers.people import speaking
from training import run_facts
from training.documents.demonstration import is_demo
from training.documents.issued import issuers, issuing, records
from training.models import Document, PaperScan
from training.signing import queries, states
from training.signing.paper import printing
from training.signing.verbs import SigningError, clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from accounts.models import User
    from cycles.models import Session
    from training.signing.queries import Trainee

SCHEMA = "escale.sheet/1"
MOST_NAMED = 10


class UndecidedError(SigningError):
    """Somebody neither signed nor is noted as absent; `people` are their names."""

    def __init__(self, people: Sequence[str]) -> None:
        self.people = list(people)
        shown = ", ".join(self.people[:MOST_NAMED]) + (", …" if len(self.people) > MOST_NAMED else "")
        super().__init__(
            ngettext(
                "Decide about %(count)d person first: %(names)s.",
                "Decide about %(count)d people first: %(names)s.",
                len(self.people),
            )
            % {"count": len(self.people), "names": shown}
        )


def countersign(
    session: Session,
    *,
    by: User | None,
    by_name: str,
    by_email: str,
    reason: str = "",
    language: str,
    at: dt.datetime,
) -> Document:
    """Declare that one saw these people, and freeze the sheet; return it. Doing it twice gives the first one back.

    `by_name` is printed; `by_email` is whom they are compared with: nobody countersigns a sheet on which they are
    a trainee. Who is no trainer of the half-day says why (`reason`). Raises SigningError with what is missing.
    """
    with journal.entry("training.countersign", session, by=by, at=at):
        held = noting.lock(session.pk)
        frozen = queries.live_sheet(held.pk)
        if frozen is not None:
            return frozen
        if not queries.is_signed_for(held) or held.starts_at is None or held.ends_at is None:
            raise SigningError(_("Nobody signs for this session: it is not held, or is no training."))
        if at < held.ends_at:
            raise SigningError(
                _("The half-day ends at %(clock)s: countersign it then, once everybody has been seen.")
                % {"clock": clock(held.ends_at, held, language=language)}
            )
        people = queries.trainees(held)
        _check(held, people, by_name=by_name, by_email=by_email, reason=reason)
        before = Document.objects.sheets().light().filter(session=held).order_by("-version").first()
        issuer = issuers.of(held.cycle)
        draft = issuing.Draft(
            kind=Document.Kind.SHEET,
            issuer=issuer,
            cycle=held.cycle,
            session=held,
            record=record(held, people, issuer=issuer, by_name=by_name, reason=reason, at=at),
            ended_at=held.ends_at,
            keep_months=issuing.months_for(held.cycle),
            people=[one.registration.cycle_registration_id for one in people],
            is_demo=is_demo(held.cycle),
        )
        return issuing.issue(
            draft, render=partial(printing.sheet, held), replaces=before, issued_by=by, at=at
        )


def _check(session: Session, people: list[Trainee], *, by_name: str, by_email: str, reason: str) -> None:
    if not people:
        raise SigningError(_("Nobody is on this sheet: there is nothing to countersign."))
    if not by_name.strip():
        raise SigningError(_("Write your name: it is printed on the sheet."))
    key = addresses.key(by_email) if by_email else ""
    if key and any(one.registration.participant.email_key == key for one in people):
        raise SigningError(
            _("You are a trainee on this sheet: another trainer, or an organiser, countersigns it.")
        )
    if not is_trainer(session, email=by_email) and not reason.strip():
        raise SigningError(_("You are no trainer of this half-day: say why you countersign it."))
    undecided = [one.name for one in people if not one.presence.is_decided]
    if undecided:
        raise UndecidedError(undecided)


def is_trainer(session: Session, *, email: str) -> bool:
    """Tell whether somebody trains at a half-day: an address of its agenda."""
    return bool(email) and addresses.key(email) in {addresses.key(one.email) for one in speaking.of(session)}


def undo(session: Session, *, reason: str, by: User | None, at: dt.datetime) -> Document:
    """Take a countersignature back: the sheet stays, marked, and the next one is its following version.

    Raises SigningError without a reason, and where certificates were issued on it.
    """
    with journal.entry("training.undo", session, by=by, at=at):
        held = noting.lock(session.pk)
        document = queries.live_sheet(held.pk)
        if document is None:
            raise SigningError(_("This sheet is not countersigned."))
        if not reason.strip():
            raise SigningError(_("Say why: it stays beside the sheet that is taken back."))
        if (
            Document.objects.live()
            .filter(cycle=held.cycle_id, kind__in=(Document.Kind.CERTIFICATE, Document.Kind.STATEMENT))
            .exists()
        ):
            raise SigningError(
                _("Certificates were issued on this sheet: withdraw them first, then issue them again.")
            )
        return issuing.end(document, as_=Document.End.REPLACED, reason=reason.strip(), at=at)


def record(
    session: Session,
    people: list[Trainee],
    *,
    issuer: issuers.Issuer,
    by_name: str,
    reason: str,
    at: dt.datetime,
) -> dict[str, Any]:
    """Return what the sheet says, in the order in which it is printed. Legal papers are in French."""
    return {
        "schema": SCHEMA,
        "kind": "sheet",
        "provider": issuer.record(),
        **describe(session),
        "trainer": {
            "name": by_name.strip(),
            "signed_at": records.instant(at),
            **({"reason": reason.strip()} if reason.strip() else {}),
            **_others(session, by_name=by_name),
        },
        "trainees": [_trainee(one) for one in people],
        **_scans(session),
    }


def describe(session: Session) -> dict[str, Any]:
    """Return what records say of a half-day, its module and its run."""
    cycle = session.cycle
    if session.starts_at is None or session.ends_at is None:
        msg = "only a session with hours has a sheet"
        raise ValueError(msg)
    return {
        "module": {"code": run_facts.code(cycle), "title": run_facts.title(cycle)},
        "run": {"slug": cycle.slug, "number": run_facts.number(cycle)},
        "half_day": {
            "number": session.number or 1,
            "title": run_facts.french(session.title),
            "starts_at": records.instant(session.starts_at),
            "ends_at": records.instant(session.ends_at),
            "zone": cycle.timezone,
            "modality": run_facts.modality(session),
            "place": run_facts.place(session),
        },
    }


def trainers(session: Session) -> list[str]:
    """Return the names of those who train at a half-day, as its agenda has them."""
    names = []
    for segment in session.segments.prefetch_related("slots__person", "slots__organisation"):
        for slot in segment.slots.all():
            name = slot.contact_name or (str(slot.person) if slot.person else "")
            if slot.state in SpeakerSlot.SPEAKING and name and name not in names:
                names.append(name)
    return names


def _others(session: Session, *, by_name: str) -> dict[str, Any]:
    others = [name for name in trainers(session) if name != by_name.strip()]
    return {"others": others} if others else {}


def _trainee(one: Trainee) -> dict[str, Any]:
    found, note = one.presence, one.note
    line: dict[str, Any] = {
        "name": one.name,
        "organisation": one.organisation,
        "state": found.state.value,
        "minutes": found.minutes,
    }
    if one.signature is not None:
        line["means"] = one.signature.means
        line["signed_at"] = records.instant(one.signature.signed_at)
        if one.signature.by_name:
            line["noted_by"] = one.signature.by_name
        if one.signature.reason:
            line["means_reason"] = one.signature.reason
    if note is not None:
        if found.state is states.State.PARTIAL:
            for key, moment in (("arrived_at", note.arrived_at), ("left_at", note.left_at)):
                if moment is not None:
                    line[key] = records.instant(moment)
        if note.reason:
            line["reason"] = note.reason
    if one.log_minutes is not None:
        line["log_minutes"] = one.log_minutes
    return line


def _scans(session: Session) -> dict[str, Any]:
    rows = PaperScan.objects.filter(session=session).order_by("pk").values_list("sha256", flat=True)
    return {"paper": list(rows)} if rows else {}
