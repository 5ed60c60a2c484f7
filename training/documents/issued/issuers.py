"""In whose name the papers of a cycle are issued: its provider, or else the organisation behind its programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from training.models import ProgrammeProvider

if TYPE_CHECKING:
    from cycles.models import Cycle, Programme
    from training.models import TrainingProvider


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """`key` is what numbers and the chain are counted by: two programmes of one provider share them."""

    key: str
    name: str
    provider: TrainingProvider | None
    # Whose colour its papers have.
    programme: Programme | None = None

    def record(self) -> dict[str, str]:
        """Return what a record says of it."""
        return {
            "legal_name": self.name,
            "nda": self.provider.nda if self.provider else "",
            "siret": self.provider.siret if self.provider else "",
        }


def of(cycle: Cycle) -> Issuer:
    """Return the issuer of a cycle's papers; one query, two without a provider."""
    return of_programme(cycle.programme)


def of_programme(programme: Programme | None) -> Issuer:
    """Return in whose name a programme's papers are issued; None is what belongs to no programme."""
    if programme is None:
        return Issuer(key="site", name=settings.ESCALE_CONTROLLER, provider=None)
    link = ProgrammeProvider.objects.select_related("provider").filter(programme=programme).first()
    if link is not None:
        return Issuer(
            key=f"provider-{link.provider_id}",
            name=link.provider.legal_name,
            provider=link.provider,
            programme=programme,
        )
    lead = programme.lead
    name = (lead.full_name or lead.name) if lead else str(programme.sender_name or settings.ESCALE_CONTROLLER)
    return Issuer(key=f"programme-{programme.pk}", name=name, provider=None, programme=programme)
