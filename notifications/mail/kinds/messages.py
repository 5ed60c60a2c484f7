"""What organisers write to a group: the words are of the message, not of the kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.mail.own_texts.variable_sets import BASE

from . import Group, Kind, register

register(
    Kind(
        name="group_message",
        label=_("Message to a group"),
        readers=_("the people whom an organiser chose"),
        group=Group.MESSAGE,
        variables=BASE,
        needs_seat=True,
        is_whole=True,
        is_to_group=True,
    )
)
register(
    Kind(
        name="group_news",
        label=_("News to a group"),
        readers=_("the people whom an organiser chose, except those who left the news of the cycle"),
        group=Group.MESSAGE,
        variables=BASE,
        needs_seat=True,
        is_whole=True,
        is_to_group=True,
        stops_with_news=True,
    )
)
