"""What kinds of mail, the lines of a plan and whom they reach are called in the desk, and when mails leave.

A run of training has half-days, trainees and trainers: its plan says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from notifications.mail.kinds import KINDS, Group
from notifications.models import ReminderStep

if TYPE_CHECKING:
    from cycles.models import Cycle


def kind_in_words(kind: str) -> str:
    """Return what a mail is in words; one of a kind that is no more is shown as it is."""
    return str(KINDS[kind].label) if kind in KINDS else kind


def audience_in_words(audience: str, cycle: Cycle) -> str:
    """Return whom a line of the plan of a cycle is for."""
    audiences = ReminderStep.Audience
    of_runs = {
        audiences.CYCLE.value: _("everyone registered for the run"),
        audiences.SPEAKERS.value: _("the trainers"),
    }
    return (of_runs.get(audience) if cycle.is_run else None) or str(audiences(audience).label)


def message_in_words(message: str, cycle: Cycle) -> str:
    """Return what a line of the plan of a cycle sends."""
    messages = ReminderStep.Message
    of_runs = {
        messages.SPEAKER.value: _("reminder to the trainers, with the way to the sheets"),
        messages.CHASED.value: _("chase-up to trainers who have not answered"),
        messages.THANKED.value: _("thanks to the trainers, with the figures"),
    }
    return (of_runs.get(message) if cycle.is_run else None) or str(messages(message).label)


def moment_in_words(group: Group) -> str:
    """Return the moment at which the mails of a group leave, as a heading."""
    return {
        Group.ADDRESS: _("Addresses and links"),
        Group.REGISTRATION: _("When somebody registers"),
        Group.QUEUE: _("When places are full, or become free"),
        Group.BEFORE: _("Before the sessions, and on the day"),
        Group.AFTER: _("After the sessions"),
        Group.PLANNED: _("At the moment that you choose"),
        Group.CHANGE: _("When a date changes"),
        Group.SPEAKERS: _("To those who speak"),
        Group.NEWS: _("News of the cycle"),
        Group.MESSAGE: _("Messages to groups"),
        Group.ORGANISERS: _("To the organisers"),
    }[group]
