"""What the board of speakers says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from speakers.answers.standing import Standing
from speakers.consents.terms import Hold

if TYPE_CHECKING:
    from collections import Counter

# The class of the sign beside each word (static/escale.css): done, to come, moved, cancelled.
SIGNS = {
    Standing.CONFIRMED: "done",
    Standing.SILENT: "tentative",
    Standing.UNASKED: "moved",
    Standing.PROPOSED: "tentative",
    Standing.ASKED_AGAIN: "moved",
    Standing.DECLINED: "cancelled",
    Standing.WITHDRAWN: "cancelled",
    Standing.REPLACED: "cancelled",
}


def standing(where: Standing) -> str:
    """Say where somebody stands."""
    return {
        Standing.PROPOSED: _("proposed, not asked yet"),
        Standing.UNASKED: _("to be asked: no invitation has left from here"),
        Standing.SILENT: _("invited, has not answered"),
        Standing.CONFIRMED: pgettext("somebody who speaks", "confirmed"),
        Standing.ASKED_AGAIN: _("had said yes; has not answered for the new date"),
        Standing.DECLINED: _("declined: to be replaced"),
        Standing.WITHDRAWN: _("cannot come any more: to be replaced"),
        Standing.REPLACED: _("replaced"),
    }[where]


def missing(code: str) -> str:
    """Say what is still needed of somebody."""
    return {
        "address": _("an address to write to"),
        "name": _("the person’s name"),
        "review": _("your reading: something was sent in"),
        "bio": _("a few lines about them"),
        "slides": _("slides"),
        "recording": _("a decision about the recording"),
        "publication": _("a decision about the replay"),
        "slides_consent": _("a decision about their slides"),
        "photo_consent": _("a decision about their photo"),
    }[code]


def counted(counts: Counter[str]) -> str:
    """Say "2 confirmed · 1 silent" of a session; empty without anybody."""
    lost = counts[Standing.DECLINED] + counts[Standing.WITHDRAWN]
    confirmed, silent = counts[Standing.CONFIRMED], counts[Standing.SILENT]
    again, unasked, proposed = (
        counts[Standing.ASKED_AGAIN],
        counts[Standing.UNASKED],
        counts[Standing.PROPOSED],
    )
    results = [
        (confirmed, ngettext("%(count)d confirmed", "%(count)d confirmed", confirmed)),
        (silent, ngettext("%(count)d silent", "%(count)d silent", silent)),
        (again, ngettext("%(count)d asked again", "%(count)d asked again", again)),
        (unasked, ngettext("%(count)d to ask", "%(count)d to ask", unasked)),
        (proposed, ngettext("%(count)d proposed", "%(count)d proposed", proposed)),
        (lost, ngettext("%(count)d to replace", "%(count)d to replace", lost)),
    ]
    return " · ".join(text % {"count": count} for count, text in results if count)


def held(hold: Hold) -> str:
    """Say why a replay is held."""
    return {
        Hold.REFUSED: _("somebody who spoke does not agree to it"),
        Hold.WITHDRAWN: _("somebody who spoke has withdrawn their agreement"),
        Hold.EXPIRED: _("the time for which somebody who spoke agreed to it is over"),
    }[hold]
