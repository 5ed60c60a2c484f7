"""To organisers: the requests that wait for their answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.mail.draft import address
from notifications.mail.kinds import Group, Kind, register
from notifications.organisers import findings, told

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    """Return the cycles with new requests, as they stand when the mail leaves, each with where they are decided."""
    rows = findings.requests(told.cycles_of(draft.delivery.to_address), at=draft.at)
    return {
        "rows": [
            {"row": row, "url": f"{address('desk:registrants', row.cycle.slug)}?state=in_review"}
            for row in rows
        ],
        "new": sum(row.new for row in rows),
        "mails_url": address("desk:my-mails"),
    }


register(
    Kind(
        name="organiser_requests",
        label=_("New requests, to the organisers"),
        readers=_("whoever plans the cycle, once a day"),
        group=Group.ORGANISERS,
        facts=_facts,
        is_personal=True,
        is_to_organiser=True,
        is_farewell=True,
    )
)
