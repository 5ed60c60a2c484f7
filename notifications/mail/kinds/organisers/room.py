"""To organisers: the sessions of tomorrow that have no room yet, the days that have no article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.mail.draft import address
from notifications.mail.kinds import Group, Kind, register
from notifications.organisers import findings, told

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    """Return the sessions without the address of a room, or without an article, each with where it is given."""
    sessions = findings.unready(told.cycles_of(draft.delivery.to_address), at=draft.at)
    return {
        "rows": [
            {
                "stop": draft.stop(session),
                "cycle": session.cycle,
                "lacks_article": session.lacks_article,
                "url": address("desk:session-edit", session.cycle.slug, session.slug),
            }
            for session in sessions
        ],
        "rooms": sum(not session.lacks_article for session in sessions),
        "articles": sum(session.lacks_article for session in sessions),
        "mails_url": address("desk:my-mails"),
    }


register(
    Kind(
        name="organiser_room",
        label=_("Room or article missing the day before, to the organisers"),
        readers=_(
            "whoever plans the cycle, the day before a session without a room or a day without an article"
        ),
        group=Group.ORGANISERS,
        facts=_facts,
        is_personal=True,
        is_to_organiser=True,
        is_farewell=True,
    )
)
