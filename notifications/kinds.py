"""Every kind of mail: one line each. Its three texts are in templates/notifications/email/<name>/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What the ledger and the composer must know of a kind of mail.

    `follows_plan`: belongs to a line of the reminder plan, and is not sent once that is off.
    `is_to_speaker`: to someone who speaks at the session, as long as they do; they need not be registered.
    `needs_seat`: not sent to someone whose registration ended. `is_farewell`: says that a session is off, so
    it is sent although the session is not held. `stops_with_reminders`: the reader may stop these alone;
    `is_personal`: about the person, not about a cycle.
    `stops_with_news` likewise for the news of a cycle, which do not follow its schedule.
    `is_digest`: tells several changes of schedule, each as long as it holds.
    """

    name: str
    calendar: Literal["REQUEST", "CANCEL"] | None = None
    needs_seat: bool = False
    is_farewell: bool = False
    stops_with_reminders: bool = False
    stops_with_news: bool = False
    is_personal: bool = False
    follows_plan: bool = False
    is_to_speaker: bool = False
    is_digest: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind(name="confirm_address"),
        Kind(name="already_registered"),
        Kind(name="address_to_prove", is_personal=True),
        Kind(name="address_in_use", is_personal=True),
        Kind(name="address_changed", is_personal=True),
        Kind(name="own_link", is_personal=True),
        Kind(name="address_corrected"),
        Kind(name="registration_confirmed", calendar="REQUEST"),
        Kind(name="registration_cancelled", calendar="CANCEL"),
        Kind(name="registration_removed", calendar="CANCEL"),
        Kind(name="request_received"),
        Kind(name="request_refused"),
        Kind(name="waiting_list", needs_seat=True),
        Kind(name="place_given", calendar="REQUEST", needs_seat=True),
        Kind(name="place_offered", needs_seat=True),
        Kind(name="offer_ended"),
        Kind(name="sessions_added", calendar="REQUEST", needs_seat=True),
        # A duty: whoever stopped reminders gets them all the same.
        Kind(name="joining_instructions", needs_seat=True),
        Kind(name="reminder", needs_seat=True, follows_plan=True, stops_with_reminders=True),
        Kind(name="thanks", needs_seat=True, follows_plan=True, stops_with_reminders=True),
        Kind(name="missed", needs_seat=True, follows_plan=True, stops_with_reminders=True),
        Kind(name="follow_up", needs_seat=True, follows_plan=True, stops_with_reminders=True),
        Kind(name="note", needs_seat=True, follows_plan=True, stops_with_reminders=True),
        Kind(name="session_moved", calendar="REQUEST", needs_seat=True),
        Kind(name="session_postponed", calendar="CANCEL", needs_seat=True, is_farewell=True),
        Kind(name="session_cancelled", calendar="CANCEL", needs_seat=True, is_farewell=True),
        Kind(name="session_restored", calendar="REQUEST", needs_seat=True),
        Kind(name="schedule_changed", needs_seat=True, is_digest=True),
        Kind(name="speaker_reminder", calendar="REQUEST", follows_plan=True, is_to_speaker=True),
        Kind(name="speaker_moved", calendar="REQUEST", is_to_speaker=True),
        Kind(name="speaker_postponed", calendar="CANCEL", is_farewell=True, is_to_speaker=True),
        Kind(name="speaker_cancelled", calendar="CANCEL", is_farewell=True, is_to_speaker=True),
        Kind(name="speaker_restored", calendar="REQUEST", is_to_speaker=True),
        Kind(name="recap", calendar="REQUEST", needs_seat=True, stops_with_news=True),
        Kind(name="themes_announced", needs_seat=True, stops_with_news=True),
        Kind(name="group_message", needs_seat=True),
        Kind(name="group_news", needs_seat=True, stops_with_news=True),
    )
}

# The mails that tell of a change of schedule, one of which takes the place of another.
NOTICES = ("session_moved", "session_postponed", "session_cancelled", "session_restored")
# What organisers write to a group: the words are of the message, not of the kind.
TO_GROUPS = ("group_message", "group_news")
# Several of them in one mail.
DIGEST = "schedule_changed"
# The same news for those who speak.
TO_SPEAKERS = {notice: f"speaker_{notice.removeprefix('session_')}" for notice in NOTICES}
# After a session each person gets one of these, whatever becomes known of their attendance later.
FOLLOW_UPS = ("thanks", "missed", "follow_up")
