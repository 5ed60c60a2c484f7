"""Mails about full dates: the waiting list, a place that is given or offered, an offer that ended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.mail.kinds import Group, Kind, register
from notifications.mail.own_texts.variable_sets import BASE, SESSION
from notifications.mail.parts import calendar_files
from notifications.mail.preview import samples
from notifications.notices import queues

register(
    Kind(
        name="waiting_list",
        label=_("On the waiting list"),
        readers=_("whoever registers where no place is left"),
        group=Group.QUEUE,
        variables=BASE,
        facts=queues.facts,
        needs_seat=True,
        is_whole=True,
    )
)
register(
    Kind(
        name="place_given",
        label=_("A place was given"),
        readers=_("whoever waited and has a place now"),
        group=Group.QUEUE,
        variables=(*SESSION, "dates"),
        facts=queues.facts,
        files=calendar_files.of_session_or_next,
        calendar="REQUEST",
        needs_seat=True,
    )
)
register(
    Kind(
        name="place_offered",
        label=_("A place was offered"),
        readers=_("whoever waits, when a place is held for them"),
        group=Group.QUEUE,
        variables=(*BASE, "dates", "offer_link", "offer_until"),
        facts=queues.offers,
        sample=samples.offer,
        needs_seat=True,
        is_whole=True,
    )
)
register(
    Kind(
        name="offer_ended",
        label=_("The offer ended"),
        readers=_("whoever did not take the place that was held for them"),
        group=Group.QUEUE,
        variables=BASE,
        facts=queues.facts,
        is_whole=True,
    )
)
