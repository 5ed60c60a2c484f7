"""Who issues the papers of a programme: one writer, and whom it lets choose whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import journal
from accounts.collation import alphabetical
from cycles import access
from cycles.models import Organisation
from training.models import ProgrammeProvider, TrainingProvider

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User
    from cycles.models import Programme


def organisations(user: User | AnonymousUser, programme: Programme) -> QuerySet[Organisation]:
    """Return those that may issue a programme's papers: its own partners, if no stranger's programme uses them already.

    Issuing in the name of a provider takes its numbers: only who plans one of its programmes may.
    """
    theirs = access.programmes(user, right=access.Right.PLAN)
    taken = TrainingProvider.objects.exclude(programmes=None).exclude(programmes__programme__in=theirs)
    own = Organisation.objects.filter(partnerships__programme=programme)
    lead = Organisation.objects.filter(led_programmes=programme)
    return (own | lead).exclude(training_provider__in=taken).distinct().order_by(alphabetical("name"), "pk")


def of(programme: Programme) -> TrainingProvider | None:
    link = ProgrammeProvider.objects.select_related("provider").filter(programme=programme).first()
    return link.provider if link else None


def write(
    programme: Programme,
    *,
    organisation: Organisation,
    values: dict[str, Any],
    by: User | None,
    at: dt.datetime,
) -> TrainingProvider:
    """Write the provider of an organisation, and let it issue a programme's papers."""
    with journal.entry("training.provider", programme, by=by, at=at):
        provider, _is_new = TrainingProvider.objects.update_or_create(
            organisation=organisation, defaults=values
        )
        ProgrammeProvider.objects.update_or_create(programme=programme, defaults={"provider": provider})
        return provider
