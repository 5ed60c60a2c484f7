"""Mails that answer a registration: it is confirmed, asked again, under review, refused, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, Session
from notifications.mail import session_facts
from notifications.mail.draft import join_url
from notifications.mail.kinds import Group, Kind, register
from notifications.mail.own_texts.variable_sets import BASE
from notifications.mail.parts import calendar_files
from notifications.notices import queues
from notifications.plan import promises
from registrations.models import Registration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifications.mail.draft import Draft


def _has_a_place(context: Mapping[str, Any]) -> bool:
    return not context["only_waits"]


def _is_in(context: Mapping[str, Any]) -> bool:
    return bool(context["is_in"])


def _gave_a_place_back(context: Mapping[str, Any]) -> bool:
    return context["had_place"] and _ended_whole(context)


def _ended_whole(context: Mapping[str, Any]) -> bool:
    return context.get("stop") is None


def _confirmed(draft: Draft) -> dict[str, Any]:
    return {
        **queues.facts(draft),
        "begins_now": _begins_now(draft),
        "reminds": promises.reminded(draft.delivery.cycle_registration_id, at=draft.at),
        "is_daily": draft.cycle.kind == Cycle.Kind.DAILY,
        "is_run": draft.cycle.is_run,
        # They are owed to whoever has a place until the first half-day begins (joining.owing).
        "is_instructed": draft.cycle.is_run
        and not draft.cycle.sessions.held().filter(starts_at__lte=draft.at).exists(),
        "sends_articles": draft.cycle.kind == Cycle.Kind.DAILY
        and promises.sends_articles(draft.delivery.cycle_registration_id, at=draft.at),
    }


def _begins_now(draft: Draft) -> dict[str, Any] | None:
    """Return the session whose last reminder has left already (R1), or else the one of today, with its link."""
    if draft.cycle.kind == Cycle.Kind.DAILY:
        # Its days are read: nothing begins at an hour.
        return None
    seats = (
        Registration.objects.confirmed()
        .filter(cycle_registration=draft.delivery.cycle_registration_id, session__ends_at__gt=draft.at)
        .select_related("session__cycle")
        .order_by("session__starts_at")
    )
    seat = promises.first_without_reminder(seats, at=draft.at)
    is_reminded = seat is None
    if seat is None:
        seat = seats.filter(session__in=Session.objects.held()).first()
        if seat is None or not session_facts.is_today(
            seat.session, zone=draft.zone(seat.session), at=draft.at
        ):
            return None
    return {
        "stop": draft.stop(seat.session),
        "join_url": join_url(seat, seat.session, draft),
        "is_reminded": is_reminded,
        "has_begun": seat.session.starts_at is not None and seat.session.starts_at <= draft.at,
    }


def _cancelled(draft: Draft) -> dict[str, Any]:
    """Return whether there was a place to give back: who only waited is not told that they had one."""
    delivery = draft.delivery
    rows = Registration.objects.filter(cycle_registration=delivery.cycle_registration_id)
    if delivery.registration_id is not None:
        rows = rows.filter(pk=delivery.registration_id)
    return {**queues.facts(draft), "had_place": rows.filter(confirmed_at__isnull=False).exists()}


def _removed(draft: Draft) -> dict[str, Any]:
    return {**queues.facts(draft), "files": len(calendar_files.given_up(draft.delivery))}


register(
    Kind(
        name="already_registered",
        label=_("Already registered"),
        readers=_("whoever registers once more with the same address"),
        group=Group.REGISTRATION,
        variables=BASE,
        facts=queues.facts,
        usual=lambda: {"is_in": True},
        own_text_holds=_is_in,
        others=_("Readers who are not registered yet get the standard text: yours may say that they are."),
        is_whole=True,
    )
)
register(
    Kind(
        name="registration_confirmed",
        label=_("Registration confirmed"),
        readers=_("whoever has confirmed their address and is registered"),
        group=Group.REGISTRATION,
        variables=(*BASE, "dates"),
        facts=_confirmed,
        files=calendar_files.of_session_or_next,
        own_text_holds=_has_a_place,
        calendar="REQUEST",
        says_registered=True,
        is_whole=True,
    )
)
register(
    Kind(
        name="registration_cancelled",
        label=_("Registration cancelled"),
        readers=_("whoever cancels their registration"),
        group=Group.REGISTRATION,
        variables=BASE,
        facts=_cancelled,
        files=calendar_files.ended,
        usual=lambda: {"had_place": True},
        own_text_holds=_gave_a_place_back,
        others=_(
            "Readers who leave one date only, or who had no place yet, get the standard text: yours may say that "
            "their whole registration is cancelled."
        ),
        calendar="CANCEL",
        is_whole=True,
    )
)
register(
    Kind(
        name="registration_removed",
        label=_("Registration cancelled by an organiser"),
        readers=_("whoever an organiser removes"),
        group=Group.REGISTRATION,
        variables=BASE,
        facts=_removed,
        files=calendar_files.ended,
        own_text_holds=_ended_whole,
        others=_(
            "Readers who are removed from one date only get the standard text: yours may say that their whole "
            "registration is cancelled."
        ),
        calendar="CANCEL",
    )
)
register(
    Kind(
        name="request_received",
        label=_("Request received"),
        readers=_("whoever asks to take part, where organisers decide"),
        group=Group.REGISTRATION,
        variables=BASE,
        is_whole=True,
    )
)
register(
    Kind(
        name="request_refused",
        label=_("Request refused"),
        readers=_("whoever the organisers do not accept"),
        group=Group.REGISTRATION,
        variables=BASE,
        facts=queues.facts,
        is_whole=True,
    )
)
register(
    Kind(
        name="sessions_added",
        label=_("Dates added"),
        readers=_("whoever is registered for all dates, when some are added"),
        group=Group.REGISTRATION,
        variables=(*BASE, "dates"),
        facts=queues.facts,
        files=calendar_files.added,
        own_text_holds=_has_a_place,
        calendar="REQUEST",
        needs_seat=True,
        is_whole=True,
    )
)
