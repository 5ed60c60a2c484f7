"""What each kind of mail is called in the desk."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kind_in_words(kind: str) -> str:
    """Return what a mail is in words; a kind without words of its own is shown as it is."""
    words = {
        "confirm_address": _("Address to confirm"),
        "already_registered": _("Already registered"),
        "address_to_prove": _("New address to prove"),
        "address_in_use": _("Address with its own registrations"),
        "own_link": _("Somebody’s own link, asked for"),
        "address_changed": _("Address changed"),
        "address_corrected": _("Address corrected"),
        "registration_confirmed": _("Registration confirmed"),
        "registration_cancelled": _("Registration cancelled"),
        "registration_removed": _("Registration cancelled by an organiser"),
        "place_given": _("A place was given"),
        "place_offered": _("A place was offered"),
        "offer_ended": _("The offer ended"),
        "waiting_list": _("On the waiting list"),
        "request_received": _("Request received"),
        "request_refused": _("Request refused"),
        "sessions_added": _("Dates added"),
        "reminder": _("Reminder"),
        "thanks": _("Thanks for coming"),
        "missed": _("Missed, with the replay"),
        "follow_up": _("Follow-up"),
        "note": _("Message"),
        "speaker_reminder": _("Reminder to those who speak"),
        "speaker_moved": _("Session moved, to those who speak"),
        "speaker_postponed": _("Session postponed, to those who speak"),
        "speaker_cancelled": _("Session cancelled, to those who speak"),
        "speaker_restored": _("Session restored, to those who speak"),
        "recap": _("Recap"),
        "themes_announced": _("New themes"),
        "group_message": _("Message to a group"),
        "group_news": _("News to a group"),
        "schedule_changed": _("Several dates changed"),
        "session_moved": _("Session moved"),
        "session_postponed": _("Session postponed"),
        "session_cancelled": _("Session cancelled"),
        "session_restored": _("Session restored"),
    }
    return words.get(kind, kind)
