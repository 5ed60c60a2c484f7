"""How a paper looks beside its words: a colour, and the logo of who issues it. No record and no hash knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cycles.content import accents, logos

if TYPE_CHECKING:
    from cycles.models import Picture
    from training.documents.issued.issuers import Issuer


@dataclass(frozen=True, kw_only=True)
class Look:
    """A colour that can be read on white, and a PNG with what it shows in French; empty: no logo."""

    color: str = accents.OWN.light
    png: bytes = b""
    alt: str = ""

    def data(self) -> dict[str, Any]:
        """Return what a Typst source draws."""
        return {"color": self.color, "logo": logos.drawn(self.png, alt=self.alt) if self.png else None}


def of(issuer: Issuer) -> Look:
    """Return how the papers of an issuer look today: those already issued keep what they were issued with.

    The logo is that of the organisation in whose name it is; without one, that of the programme.
    """
    programme, provider = issuer.programme, issuer.provider
    organisation = provider.organisation if provider is not None else programme.lead if programme else None
    logo = logos.in_french(_picture(organisation)) or logos.in_french(_picture(programme))
    color = accents.of(programme.accent if programme is not None else "").light
    if logo is None:
        return Look(color=color)
    return Look(color=color, png=logo.png, alt=logo.alt or issuer.name)


def _picture(of: Any) -> Picture | None:
    return getattr(of, "picture", None)
