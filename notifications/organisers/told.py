"""Who is told, and what they have switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import journal
from accounts.models import User
from cycles import access
from cycles.models import Cycle, Membership
from notifications.mail.kinds import KINDS, Group
from notifications.models import OrganiserStop

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet


def kinds() -> list[str]:
    """Return the mails that an organiser may switch off, in the order in which they are listed."""
    return [name for name, kind in KINDS.items() if kind.group == Group.ORGANISERS]


def organisers(kind: str) -> QuerySet[User]:
    """Return whoever plans something and has not switched a mail off."""
    planning = Membership.objects.filter(role__in=access.roles_with(access.Right.PLAN))
    people = User.objects.filter(is_active=True, memberships__in=planning).exclude(stopped_mails__kind=kind)
    return people.distinct().order_by("pk")


def cycles_of(address: str) -> QuerySet[Cycle]:
    """Return what the organiser at an address plans, archived cycles left out; no more for an administrator."""
    roles = access.roles_with(access.Right.PLAN)
    ours = Membership.objects.filter(user__email=address, user__is_active=True, role__in=roles)
    live = Cycle.objects.exclude(status=Cycle.Status.ARCHIVED).filter(is_external=False)
    return live.filter(programme__in=ours.values("programme")).order_by("slug")


def stopped(user: User) -> set[str]:
    """Return which mails somebody has switched off."""
    return set(OrganiserStop.objects.filter(user=user).values_list("kind", flat=True))


def choose(user: User, *, wanted: Collection[str], at: dt.datetime) -> None:
    """Keep which of the mails to organisers somebody wants."""
    with journal.entry("account.mails", by=user, at=at):
        off = set(kinds()) - set(wanted)
        OrganiserStop.objects.filter(user=user).exclude(kind__in=off).delete()
        OrganiserStop.objects.bulk_create(
            [OrganiserStop(user=user, kind=kind, at=at) for kind in sorted(off)], ignore_conflicts=True
        )
