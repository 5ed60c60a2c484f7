"""Writing what trainers are to the provider: the only writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import journal
from training.models import TrainerEngagement

from .figures import name_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User
    from cycles.models import Programme


def write(programme: Programme, *, values: Mapping[str, str], by: User | None, at: dt.datetime) -> None:
    """Note by name what trainers of a programme are to its provider; "" forgets what was noted."""
    with journal.entry("training.engagement", programme, by=by, at=at):
        known = {name_key(one.name): one for one in TrainerEngagement.objects.filter(programme=programme)}
        for name, engagement in values.items():
            row = known.get(name_key(name)) or TrainerEngagement(programme=programme, name=name)
            if engagement:
                row.engagement = engagement
                row.save()
            elif row.pk:
                row.delete()
