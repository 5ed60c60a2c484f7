"""The news of a cycle, which readers may leave: a recap, themes that became known."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.mail.own_texts.variable_sets import BASE
from notifications.mail.parts import calendar_files
from notifications.mail.preview import samples
from notifications.notices import recaps

from . import Group, Kind, register

register(
    Kind(
        name="recap",
        label=_("Recap"),
        readers=_("whoever is registered for the cycle and has not left its news"),
        group=Group.NEWS,
        variables=(
            *BASE,
            "recap_title",
            "recap_text",
            "recap_link",
            "replay_link",
            "next_card",
            "next_date",
        ),
        facts=recaps.facts,
        files=calendar_files.of_next,
        sample=samples.recap,
        calendar="REQUEST",
        needs_seat=True,
        comes_after=True,
        stops_with_news=True,
    )
)
register(
    Kind(
        name="themes_announced",
        label=_("New themes"),
        readers=_("whoever is registered for the cycle and has not left its news"),
        group=Group.NEWS,
        variables=(*BASE, "dates"),
        facts=recaps.themes,
        sample=samples.announcement,
        needs_seat=True,
        stops_with_news=True,
    )
)
