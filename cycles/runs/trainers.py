"""Who trains at the half-days of a run, as their agendas name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.events import SpeakersChanged
from cycles.models import Person, Segment, SpeakerSlot

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from cycles.models import Session


def name(
    made: Sequence[Session], trainers: Collection[int], *, addresses: Mapping[int, str], at: dt.datetime
) -> None:
    """Name the trainers in each half-day, in one item of its agenda; those of `addresses` with their address."""
    if not trainers:
        return
    names = {person.pk: person.full_name for person in Person.objects.filter(pk__in=addresses)}
    for session in made:
        segment = Segment.objects.create(
            session=session,
            order=1,
            title={"fr": "Formation", "en": "Training"},
            kind=Segment.Kind.INTERVENTION,
        )
        SpeakerSlot.objects.bulk_create(
            SpeakerSlot(
                segment=segment,
                order=order,
                person_id=pk,
                contact_email=addresses.get(pk, ""),
                contact_name=names.get(pk, ""),
            )
            for order, pk in enumerate(dict.fromkeys(trainers), start=1)
        )
        if addresses:
            SpeakersChanged(session_id=session.pk, at=at).send()
