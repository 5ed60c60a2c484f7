"""Mails of the reminder plan: before a session and after it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import periods
from cycles.models import Session
from notifications.mail.draft import join_url, sign_url
from notifications.mail.kinds import Group, Kind, register
from notifications.mail.own_texts.variable_sets import AFTER, SESSION
from registrations.models import Registration
from surveys.answering import links
from training.signing import window

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _reminder(draft: Draft) -> dict[str, Any]:
    """Return how to get there, the way to sign for a half-day, and what comes right after it."""
    session = draft.session
    return {
        "way": str(session.access) if session is not None and session.is_on_site else "",
        "sign_url": sign_url(draft.delivery.registration, draft.session, draft),
        "sign_opens": periods.in_words(window.BEFORE),
        **_also(draft),
    }


def _usual() -> dict[str, Any]:
    early = dt.timedelta(minutes=Session._meta.get_field("room_opens_minutes").default)
    return {"sign_opens": periods.in_words(window.BEFORE), "room_opens": periods.in_words(early)}


def _also(draft: Draft) -> dict[str, Any]:
    """Return the sessions close behind at which the reader has a place: no reminder of their own comes (R7)."""
    person, session = draft.delivery.participant, draft.delivery.session
    following = draft.texts.following(session) if session is not None else []
    if not following or person is None:
        return {"also": []}
    seats = Registration.objects.confirmed().filter(participant=person, session__in=following)
    by_session = {seat.session_id: seat for seat in seats}
    return {
        "also": [
            {
                "stop": draft.stop(session),
                "join_url": join_url(by_session[session.pk], session, draft),
                "sign_url": sign_url(by_session[session.pk], session, draft),
            }
            for session in following
            if session.pk in by_session
        ]
    }


register(
    Kind(
        name="reminder",
        label=_("Reminder"),
        readers=_("whoever a line of the reminder plan reaches, before the session"),
        group=Group.BEFORE,
        variables=(*SESSION, "join_link", "sign_link"),
        facts=_reminder,
        usual=_usual,
        needs_seat=True,
        follows_plan=True,
        stops_with_reminders=True,
    )
)


def _asked(draft: Draft) -> dict[str, Any]:
    """Return the reader's own link to the survey about the session, where its organisers have opened one."""
    place, session = draft.delivery.registration, draft.delivery.session
    survey = draft.texts.survey(session.cycle_id) if session is not None else None
    if survey is None or place is None:
        return {"survey_url": ""}
    token = links.token(survey, place, person=draft.delivery.participant)
    return {"survey_url": links.address(token, language=draft.language)}


register(
    Kind(
        name="thanks",
        label=_("Thanks for coming"),
        readers=_("whoever came, after the session"),
        group=Group.AFTER,
        variables=(*AFTER, "survey_link"),
        facts=_asked,
        needs_seat=True,
        follows_plan=True,
        comes_after=True,
        stops_with_reminders=True,
    )
)
register(
    Kind(
        name="missed",
        label=_("Missed, with the replay"),
        readers=_("whoever was registered and did not come"),
        group=Group.AFTER,
        variables=AFTER,
        needs_seat=True,
        follows_plan=True,
        comes_after=True,
        stops_with_reminders=True,
    )
)
register(
    Kind(
        name="follow_up",
        label=_("Follow-up"),
        readers=_("whoever was registered, where it is not known who came"),
        group=Group.AFTER,
        variables=AFTER,
        needs_seat=True,
        follows_plan=True,
        comes_after=True,
        stops_with_reminders=True,
    )
)
register(
    Kind(
        name="note",
        label=_("Message"),
        readers=_("whoever a line of the reminder plan reaches"),
        group=Group.PLANNED,
        variables=(*SESSION, "join_link", "replay_link", "next_card"),
        needs_seat=True,
        follows_plan=True,
        stops_with_reminders=True,
    )
)
