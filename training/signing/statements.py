"""What somebody declares by signing for a half-day. New words are a new version, kept beside each signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.language import naming, wording

if TYPE_CHECKING:
    from cycles.models import Session

# 1: "I, …, was present at …" ("Moi, …, j’étais présent·e"), before 29 November 2026.
VERSION = 2


def statement(session: Session, *, name: str, language: str) -> str:
    """Return the sentence that stands right above the button, in the active language."""
    return _("I, %(name)s, confirm that I attend “%(title)s”, %(when)s.") % {
        "name": name,
        "title": naming.session_title(session),
        "when": when(session, language=language),
    }


def when(session: Session, *, language: str) -> str:
    """Return the day and the hours of a half-day at its place."""
    if session.starts_at is None or session.ends_at is None:
        return ""
    return wording.long_when(
        session.starts_at, session.ends_at, zone=session.cycle.timezone, all_day=False, language=language
    )
