"""To organisers: the week to come, on Mondays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.mail.draft import address
from notifications.mail.kinds import Group, Kind, register
from notifications.organisers import findings, told

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    """Return the sessions of the week, what leaves, and who registered since the last one."""
    week = findings.week(told.cycles_of(draft.delivery.to_address), at=draft.at)
    return {
        "week": week,
        "rows": [
            {
                "stop": draft.stop(row.session),
                "cycle": row.session.cycle,
                "row": row,
                "lacks_article": row.session.lacks_article,
                "url": address("desk:cycle-detail", row.session.cycle.slug),
            }
            for row in week.sessions
        ],
        "ahead_url": address("desk:mail-ahead"),
        "mails_url": address("desk:my-mails"),
    }


register(
    Kind(
        name="organiser_week",
        label=_("Weekly summary, to the organisers"),
        readers=_("whoever plans a cycle, on Mondays"),
        group=Group.ORGANISERS,
        facts=_facts,
        is_personal=True,
        is_to_organiser=True,
        is_farewell=True,
    )
)
