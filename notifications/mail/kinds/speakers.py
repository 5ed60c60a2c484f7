"""Mails to those who speak at a session: its reminder, and the changes of its date."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cycles.models import SessionChange
from notifications.mail import calendar_files, samples
from notifications.mail.variable_sets import SPEAKER, SPEAKER_CHANGE

from . import Group, Kind, register

Change = SessionChange.Kind
READERS = _("whoever speaks at the session and has given an address")

register(
    Kind(
        name="speaker_reminder",
        label=_("Reminder to those who speak"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        files=calendar_files.to_speaker,
        calendar="REQUEST",
        follows_plan=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_moved",
        label=_("Session moved, to those who speak"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.MOVED),
        calendar="REQUEST",
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_postponed",
        label=_("Session postponed, to those who speak"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.POSTPONED),
        calendar="CANCEL",
        is_farewell=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_cancelled",
        label=_("Session cancelled, to those who speak"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.CANCELLED),
        calendar="CANCEL",
        is_farewell=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_restored",
        label=_("Session restored, to those who speak"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.RESTORED),
        calendar="REQUEST",
        is_to_speaker=True,
    )
)
