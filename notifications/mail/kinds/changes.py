"""Mails that tell of a change of schedule, to those who have or wait for a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cycles.models import SessionChange
from notifications.mail import session_facts
from notifications.mail.draft import join_url
from notifications.mail.own_texts.variable_sets import CHANGE, SESSION
from notifications.mail.parts import calendar_files
from notifications.mail.preview import samples
from notifications.notices import digests
from registrations.models import WAITING

from . import DIGEST, Group, Kind, register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cycles.models import Session
    from notifications.mail.draft import Draft
    from notifications.models import Occurrence

Change = SessionChange.Kind


def _has_a_place(context: Mapping[str, Any]) -> bool:
    return bool(context["standing"] == "seated")


def _several(draft: Draft) -> dict[str, Any]:
    """Return what a mail about several changes says: `parts`, soonest first, and `reason` where it is the same."""

    def say(session: Session, notice: Occurrence) -> dict[str, Any]:
        facts = {"stop": draft.stop(session)}
        zone = draft.zone(session)
        return facts | session_facts.change(session, notice, zone=zone, language=draft.language)

    parts = digests.parts(draft.delivery, say=say, at=draft.at)
    reasons = {part.said.get("reason", "") for part in parts}
    registration = draft.delivery.cycle_registration
    if registration is not None and registration.state in WAITING:
        # As it stands for the whole cycle: at each of the dates alike.
        standing = {}
    else:
        standing = {"standing": "seated" if all(part.held for part in parts) else "waiting"}
    today = next(
        (
            url
            for part in parts
            if part.calendar == "REQUEST" and part.held is not None
            if session_facts.is_today(part.notice.session, zone=draft.zone(part.notice.session), at=draft.at)
            if (url := join_url(part.held, part.notice.session, draft))
        ),
        "",
    )
    return {
        "join_url": today,
        "joins_today": bool(today),
        "parts": parts,
        **standing,
        "are_cancelled": all(part.kind == "session_cancelled" for part in parts),
        "reason": next(iter(reasons)) if len(reasons) == 1 else "",
    }


register(
    Kind(
        name="session_moved",
        label=_("Session moved"),
        readers=_("whoever has, waits for or has asked for a place at the session"),
        group=Group.CHANGE,
        variables=CHANGE,
        files=calendar_files.of_session,
        sample=samples.changed(Change.MOVED),
        own_text_holds=_has_a_place,
        calendar="REQUEST",
        needs_seat=True,
    )
)
register(
    Kind(
        name="session_postponed",
        label=_("Session postponed"),
        readers=_("whoever has, waits for or has asked for a place at the session"),
        group=Group.CHANGE,
        variables=CHANGE,
        files=calendar_files.of_session,
        sample=samples.changed(Change.POSTPONED),
        own_text_holds=_has_a_place,
        calendar="CANCEL",
        needs_seat=True,
        is_farewell=True,
    )
)
register(
    Kind(
        name="session_cancelled",
        label=_("Session cancelled"),
        readers=_("whoever has, waits for or has asked for a place at the session"),
        group=Group.CHANGE,
        variables=CHANGE,
        files=calendar_files.of_session,
        sample=samples.changed(Change.CANCELLED),
        own_text_holds=_has_a_place,
        calendar="CANCEL",
        needs_seat=True,
        is_farewell=True,
    )
)
register(
    Kind(
        name="session_restored",
        label=_("Session restored"),
        readers=_("whoever has, waits for or has asked for a place at the session"),
        group=Group.CHANGE,
        variables=SESSION,
        files=calendar_files.of_session,
        sample=samples.changed(Change.RESTORED),
        own_text_holds=_has_a_place,
        calendar="REQUEST",
        needs_seat=True,
    )
)
register(
    Kind(
        name=DIGEST,
        label=_("Several dates changed"),
        readers=_("whoever has, waits for or has asked for a place at one of the sessions"),
        group=Group.CHANGE,
        facts=_several,
        files=calendar_files.of_parts,
        sample=samples.several,
        needs_seat=True,
        is_whole=True,
        is_digest=True,
    )
)
