"""Which replays are held because somebody who spoke does not agree; the page of a session follows at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cycles.content import content_version
from cycles.models import Session
from speakers.models import SpeakerConsent

from . import terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

Purpose = SpeakerConsent.Purpose
# Without the recording there is nothing to publish.
OF_REPLAYS = (Purpose.RECORDING, Purpose.PUBLICATION)


def reasons(session_ids: Collection[int], *, on: dt.date) -> dict[int, terms.Hold]:
    """Return why the replays of sessions are held on a day; those that are not are left out. One query."""
    last: dict[tuple[int, int, str], SpeakerConsent] = {}
    rows = SpeakerConsent.objects.filter(session__in=session_ids, purpose__in=OF_REPLAYS)
    for row in rows.order_by("given_at", "pk"):
        last[row.session_id, row.contact_id, row.purpose] = row
    decisions: dict[int, list[terms.Decision]] = defaultdict(list)
    for (session_id, _contact, _purpose), row in last.items():
        decisions[session_id].append(
            terms.Decision(
                is_given=row.is_given,
                is_withdrawn=row.end == SpeakerConsent.End.WITHDRAWN,
                until=row.until_date,
            )
        )
    result = {pk: terms.hold(of, on=on) for pk, of in decisions.items()}
    return {pk: why for pk, why in result.items() if why is not None}


def review(session_ids: Collection[int], *, at: dt.datetime) -> int:
    """Hold the replays that must be, and let the others be shown; return how many changed. Call it in a transaction."""
    held = reasons(session_ids, on=at.date())
    rows = Session.objects.filter(pk__in=session_ids)
    changed = rows.filter(pk__in=held, is_replay_held=False).update(is_replay_held=True)
    changed += rows.exclude(pk__in=held).filter(is_replay_held=True).update(is_replay_held=False)
    if changed:
        content_version.touch()
    return changed


def review_all(*, at: dt.datetime) -> int:
    """Look at every session with consents: time alone ends some of them."""
    pks = set(SpeakerConsent.objects.filter(purpose__in=OF_REPLAYS).values_list("session", flat=True))
    return review(pks, at=at) if pks else 0
