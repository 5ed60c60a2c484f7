"""The sign-in sheet of a half-day on paper: frozen with its record, or blank for pens."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from cycles.language import wording
from training.documents.demonstration import is_demo
from training.documents.issued import issuers
from training.documents.printed import french, paper
from training.signing import hours, queries

if TYPE_CHECKING:
    from cycles.models import Session
    from training.documents.issued.issuing import Printed

PEN = 11


def sheet(session: Session, printed: Printed) -> bytes:
    """Return the PDF of a sheet that is being frozen: all of it is read from its record."""
    record = printed.record
    half_day, zone = record["half_day"], record["half_day"]["zone"]
    issuer = issuers.of(session.cycle)
    trainer = record["trainer"]
    blocks = [
        _facts(record),
        paper.table(
            list(french.SHEET_HEAD),
            [_row(line, zone=zone) for line in record["trainees"]],
            columns=[3, 3, 3, 4],
            struck=french.STRUCK,
        ),
        paper.signature(_countersigned(trainer, zone=zone)),
    ]
    return paper.render(
        paper.Paper(
            title=french.SHEET_TITLE,
            lead=f"{record['module']['title']} ({record['module']['code']})",
            blocks=blocks,
            issuer=issuer,
            is_wide=True,
            is_demo=is_demo(session.cycle),
            zone=half_day["zone"],
            extra_proof=[f"Version {printed.record['version']}."] if printed.record["version"] > 1 else [],
        ),
        printed=printed,
        at=printed.issued_at,
    )


def blank(session: Session, *, trainers: list[str], describe: dict[str, Any], at: dt.datetime) -> bytes:
    """Return a sheet to be signed with a pen: everybody who has a place, and some lines more."""
    record = {**describe, "trainer": {"name": ", ".join(trainers)}}
    names = [[one.name, one.organisation, "", ""] for one in queries.trainees(session)]
    return paper.render(
        paper.Paper(
            title=french.SHEET_BLANK,
            lead=f"{record['module']['title']} ({record['module']['code']})",
            blocks=[
                _facts(record),
                paper.table(
                    list(french.SHEET_HEAD_BLANK),
                    [*names, *([["", "", "", ""]] * 3)],
                    columns=[3, 3, 1, 4],
                    tall=PEN,
                ),
                paper.signature(french.SHEET_BLANK_SIGN, space=14),
            ],
            issuer=issuers.of(session.cycle),
            is_wide=True,
            is_demo=is_demo(session.cycle),
        ),
        printed=None,
        at=at,
    )


def _facts(record: dict[str, Any]) -> paper.Block:
    half_day = record["half_day"]
    starts, ends = (dt.datetime.fromisoformat(half_day[name]) for name in ("starts_at", "ends_at"))
    minutes = hours.length(starts_at=starts, ends_at=ends)
    when = wording.long_when(starts, ends, zone=half_day["zone"], language="fr")
    where = ", ".join(part for part in (french.MODALITIES[half_day["modality"]], half_day["place"]) if part)
    return paper.facts(
        [
            ("Session de formation", f"{record['run']['number']} ({record['run']['slug']})"),
            (
                "Demi-journée",
                f"{half_day['number']}{french.NARROW}: {half_day.get('title', '')}".rstrip(": \u202f"),
            ),
            ("Date et heures", f"{when}, {hours.clock(minutes)}"),
            ("Lieu", where),
            ("Formation assurée par", ", ".join(_trainers(record["trainer"]))),
        ]
    )


def _countersigned(trainer: dict[str, Any], *, zone: str) -> str:
    said = french.SHEET_TAKEN_OVER if trainer.get("reason") else french.SHEET_SEEN
    return said % {
        "name": trainer["name"],
        "when": _when(trainer["signed_at"], zone=zone),
        "reason": trainer.get("reason", ""),
    }


def _trainers(named: dict[str, Any]) -> list[str]:
    """Return who trains; whoever gives a reason for countersigning is none of them."""
    others: list[str] = named.get("others", [])
    return others if named.get("reason") else [named["name"], *others]


def _row(line: dict[str, Any], *, zone: str) -> list[str]:
    state = french.STATES[line["state"]]
    if line["state"] == "partial":
        state += f"{french.NARROW}: {hours.clock(line['minutes'])}"
        for key, word in (("arrived_at", "arrivée à"), ("left_at", "départ à")):
            if key in line:
                state += f", {word} {_clock(line[key], zone=zone)}"
    if line.get("reason"):
        state += f" ({line['reason']})"
    return [line["name"], line["organisation"], state, _act(line, zone=zone)]


def _act(line: dict[str, Any], *, zone: str) -> str:
    """Return how and when somebody signed; the cell of who did not is struck through."""
    if "signed_at" not in line:
        return french.STRUCK
    act = f"le {_when(line['signed_at'], zone=zone)}, {french.MEANS[line['means']]}"
    if "noted_by" in line:
        act += f" (noté par {line['noted_by']})"
    if "means_reason" in line:
        act += f"{french.NARROW}: {line['means_reason']}"
    return act


def _when(instant: str, *, zone: str) -> str:
    return wording.short_when(dt.datetime.fromisoformat(instant), zone=zone, language="fr")


def _clock(instant: str, *, zone: str) -> str:
    moment = dt.datetime.fromisoformat(instant).astimezone(zoneinfo.ZoneInfo(zone))
    return wording.clock(moment, language="fr")


def file_name(session: Session, *, number: str = "") -> str:
    """Return a name that every system takes: ASCII, short."""
    words = "emargement" if number else "emargement-papier"
    return f"{words}-{session.cycle.slug}-{session.slug}"[:80] + ".pdf"
