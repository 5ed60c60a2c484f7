"""What each kind of mail is called in the desk, and the moments at which mails leave."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.mail.kinds import KINDS, Group


def kind_in_words(kind: str) -> str:
    """Return what a mail is in words; one of a kind that is no more is shown as it is."""
    return str(KINDS[kind].label) if kind in KINDS else kind


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
