"""A paper of training as a tagged PDF, in French whatever the page: a letterhead, blocks, and how to check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cycles.language import listing, typesetting, wording
from training.documents.issued import codes

from . import french, looks

if TYPE_CHECKING:
    import datetime as dt

    from training.documents.issued.issuers import Issuer
    from training.documents.issued.issuing import Printed

    from .looks import Look

SOURCE = Path(__file__).with_suffix(".typ").read_bytes()
Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is on a paper, beside its letterhead and its proof."""

    title: str
    lead: str
    blocks: list[Block]
    issuer: Issuer
    is_wide: bool = False
    is_demo: bool = False
    zone: str = "Europe/Paris"
    extra_proof: list[str] = field(default_factory=list)
    # None: that of its issuer today.
    look: Look | None = None


def text(words: str) -> Block:
    return {"kind": "text", "text": words}


def section(title: str, words: str) -> Block:
    """A heading with what was typed below it: each line a paragraph, lines after a dash or a dot a list."""
    parts = [
        {"kind": "list", "items": list(part.items)}
        if isinstance(part, listing.Listing)
        else {"kind": "text", "text": part}
        for part in listing.read(words)
    ]
    return {"kind": "section", "title": title, "parts": parts}


def choices(words: list[tuple[bool, str]]) -> Block:
    """Boxes of which some are ticked."""
    return {
        "kind": "choices",
        "items": [{"mark": "[X]" if is_ticked else "[ ]", "text": one} for is_ticked, one in words],
    }


def facts(pairs: list[tuple[str, str]]) -> Block:
    """Pairs of a word and what it is; those without anything are left out."""
    return {"kind": "facts", "items": [[word, value] for word, value in pairs if value]}


def table(
    head: list[str], rows: list[list[str]], *, columns: list[int], struck: str = "", tall: float = 4
) -> Block:
    """A table with its header on each page; `columns` are shares of the width, 0 for what it needs."""
    return {
        "kind": "table",
        "head": head,
        "rows": rows,
        "columns": columns,
        # Never an ordinary cell.
        "struck": struck or "\x00",
        "tall": tall,
    }


def signature(words: str, *, space: int = 0) -> Block:
    """Where somebody signs: `space` millimetres for a pen."""
    return {"kind": "sign", "text": words, "space": space}


def render(paper: Paper, *, printed: Printed | None, at: dt.datetime) -> bytes:
    """Return the PDF; with what was `printed`, its record is attached and the page says how to check it.

    The same data and moment give the same bytes (with one version of Typst).
    """
    look = paper.look or looks.of(paper.issuer)
    proof = [*paper.extra_proof, *(_proof(printed, zone=paper.zone) if printed else [])]
    sheet = typesetting.Sheet(
        SOURCE,
        {
            "name": name(paper, printed),
            "title": paper.title,
            "lead": paper.lead,
            "author": paper.issuer.name,
            "letterhead": letterhead(paper.issuer),
            "blocks": paper.blocks,
            **look.data(),
            "flipped": paper.is_wide,
            "demo": french.DEMONSTRATION if paper.is_demo else "",
            "proof": proof,
            "foot": foot(paper, printed),
            "words": {"page": "page", "attachment": french.ATTACHMENT},
        },
        note=french.MISSING_SIGNS,
        attached=printed.record_json if printed else "",
    )
    return sheet.pdf(at=at)


def name(paper: Paper, printed: Printed | None) -> str:
    """Return what a file is called in a reader's title bar: which paper it is, its number, and what of."""
    numbered = f"{paper.title} {printed.full_number}" if printed else paper.title
    return " · ".join(part for part in (numbered, paper.lead) if part)


def letterhead(issuer: Issuer) -> list[str]:
    """Return who issues it, as the law wants it said."""
    lines = [issuer.name]
    provider = issuer.provider
    if provider is None:
        return lines
    lines.append(" ".join(provider.address.split()))
    if provider.siret:
        lines.append(f"SIRET {provider.siret}")
    if provider.nda:
        lines.append(french.nda(provider.nda))
    return lines


def verify_address(code: str) -> str:
    """Return where a document can be checked."""
    with translation.override("fr"):
        return settings.ESCALE_BASE_URL + reverse("training:verify-document", args=[codes.grouped(code)])


def foot(paper: Paper, printed: Printed | None) -> str:
    if printed is None:
        return paper.title
    return f"{printed.full_number} · {printed.record_sha256[:16]}…"


def _proof(printed: Printed, *, zone: str) -> list[str]:
    moment = wording.short_when(printed.issued_at, zone=zone, language="fr")
    return [
        french.ISSUED % {"number": printed.full_number, "when": moment},
        french.VERIFY % {"code": codes.grouped(printed.code), "address": verify_address(printed.code)},
        french.HASH % {"sha256": printed.record_sha256},
    ]
