"""What each kind of mail is called in the desk."""

from __future__ import annotations

from notifications.mail.kinds import KINDS


def kind_in_words(kind: str) -> str:
    """Return what a mail is in words; one of a kind that is no more is shown as it is."""
    return str(KINDS[kind].label) if kind in KINDS else kind
