"""To organisers: mails that were refused, or wait for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.mail.draft import address
from notifications.mail.kinds import Group, Kind, register
from notifications.organisers import findings, told

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    """Return the cycles whose mails are in trouble, each with the page that says why."""
    rows = findings.trouble(told.cycles_of(draft.delivery.to_address), at=draft.at)
    return {
        "rows": [{"row": row, "url": address("desk:deliveries", row.cycle.slug)} for row in rows],
        "mails_url": address("desk:my-mails"),
    }


register(
    Kind(
        name="organiser_trouble",
        label=_("Emails in trouble, to the organisers"),
        readers=_("whoever plans the cycle, once a day at most"),
        group=Group.ORGANISERS,
        facts=_facts,
        is_personal=True,
        is_to_organiser=True,
        is_farewell=True,
    )
)
