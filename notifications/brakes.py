"""Mail domains that are given a rest, because they answered "slow down"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ledger
from .models import Delivery, DomainRest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


def slow_domain(domain: str, *, until: dt.datetime) -> None:
    """Let a mail domain that answered "slow down" wait. What is due for it waits when it is taken."""
    DomainRest.objects.update_or_create(domain=domain, defaults={"until": until})


def hold_back(taken: Collection[int], *, at: dt.datetime) -> frozenset[int]:
    """Let the mails among `taken` wait whose domain is resting; return which.

    Only what was just claimed is written, so that a domain with a million mails due costs no long statement.
    """
    resting = dict(DomainRest.objects.filter(until__gt=at).values_list("domain", "until"))
    waiting: set[int] = set()
    for domain, until in resting.items():
        rows = Delivery.objects.filter(pk__in=taken, domain=domain)
        found = set(rows.values_list("pk", flat=True))
        ledger.defer(Delivery.objects.filter(pk__in=found), until=until)
        waiting |= found
    return frozenset(waiting)
