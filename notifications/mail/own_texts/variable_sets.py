"""Which variables go together: what organisers may write in a text of their own, by what a mail is about."""

from __future__ import annotations

BASE = ("given_name", "cycle", "site", "manage_link", "cycle_link")
SESSION = (*BASE, "session", "theme", "date", "soon", "summary", "card", "session_link")
AFTER = (*SESSION, "replay_link", "next_card")
CHANGE = (*SESSION, "old_date", "reason")
# Those who speak have no page of their registrations.
SPEAKER = (*(name for name in SESSION if name != "manage_link"), "speaker_link")
SPEAKER_CHANGE = (*SPEAKER, "old_date", "reason")
