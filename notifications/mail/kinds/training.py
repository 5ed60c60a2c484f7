"""The mail of a training run that no webinar has: its joining instructions, with a page to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.joining import letter, owing
from notifications.mail.variable_sets import BASE

from . import Group, Kind, register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    # A run is followed as a whole: all its half-days are the reader's.
    sessions = draft.cycle.sessions.upcoming(at=draft.at).select_related("cycle")
    return {"stops": [draft.stop(session) for session in sessions], **letter.context(draft.cycle)}


def _page(draft: Draft) -> Iterator[tuple[str, bytes, str]]:
    content = letter.pdf(draft.cycle, draft.participant, contact=draft.voice.contact, at=draft.at)
    yield letter.file_name(), content, "application/pdf"


register(
    Kind(
        name=owing.KIND,
        label=_("Joining instructions"),
        readers=_("whoever has a place in a training run, a week before it; nobody can stop them"),
        group=Group.REGISTRATION,
        variables=(*BASE, "dates"),
        facts=_facts,
        pages=_page,
        needs_seat=True,
        is_whole=True,
    )
)
