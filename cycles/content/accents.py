"""The colours of programmes in mails and papers, which read no style sheet: escale.css says the same for pages."""

from __future__ import annotations

from typing import NamedTuple

from cycles.models.shared import Color


class Accent(NamedTuple):
    """What one can press, on a light ground and on a dark one; white and #12161b can be read upon them."""

    light: str
    dark: str


OWN = Accent("#0b5f66", "#6fd3d6")
ACCENTS: dict[str, Accent] = {
    Color.TEAL: Accent("#0b5f66", "#6fd3d6"),
    Color.DARKGREEN: Accent("#22602f", "#86d08f"),
    Color.NAVY: Accent("#1f3a7d", "#9db8ff"),
    Color.ROYALBLUE: Accent("#2a50c0", "#94b3ff"),
    Color.INDIGO: Accent("#4b2a91", "#c0a8ff"),
    Color.PURPLE: Accent("#7a1f7e", "#e6a0e8"),
    Color.MEDIUMVIOLETRED: Accent("#a31564", "#ff9fcb"),
    Color.FIREBRICK: Accent("#9a2420", "#ff9d92"),
    Color.SADDLEBROWN: Accent("#7a4214", "#e5b183"),
    Color.DARKSLATEGRAY: Accent("#33505a", "#a9c6cf"),
}


def of(name: str) -> Accent:
    """Return the colours of an accent; those of the site without one."""
    return ACCENTS.get(name, OWN)
