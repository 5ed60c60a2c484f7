"""Scans of sheets that were signed on paper: kept as they are, known by their bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import journal
from cycles.language.plain_text import one_line
from registrations.attendance import noting
from training.models import PaperScan
from training.signing import queries
from training.signing.verbs import SigningError

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.models import Session

MOST = 5 * 1024 * 1024
# What a file begins with decides what it is, not its name.
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def add(
    session: Session, *, name: str, content: bytes, by: User | None, by_name: str, at: dt.datetime
) -> PaperScan:
    """Keep a scan; the same file again is the same scan. Raises SigningError for what is none, or too large."""
    with journal.entry("training.scan", session, by=by, at=at):
        kind = next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)
        if len(content) > MOST:
            raise SigningError(_("This file is too large: 5 MB at most."))
        if kind is None:
            raise SigningError(_("This is no PDF, JPEG or PNG file: make a scan or a photo of the sheet."))
        noting.lock(session.pk)
        if queries.live_sheet(session.pk) is not None:
            raise SigningError(
                _("The sheet is countersigned: nothing of it changes, unless that is undone first.")
            )
        scan, _is_new = PaperScan.objects.get_or_create(
            session=session,
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={
                "name": one_line(name, limit=200) or "scan",
                "kind": kind,
                "content": content,
                "added_at": at,
                "by": by,
                "by_name": by_name,
            },
        )
        return scan
