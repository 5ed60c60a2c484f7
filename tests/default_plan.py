"""The lines of the plan that a cycle gets by default, by code."""

from __future__ import annotations

FOR_PEOPLE = ("j-7", "j-1", "h-1", "thanks", "missed", "follow-up")
FOR_SPEAKERS = ("chase-21", "chase-14", "chase-7", "speakers-j-3", "speakers-h-1", "speakers-thanks")
ON = (*FOR_PEOPLE, *FOR_SPEAKERS)
OFF = ("m-10",)
ALL = (*ON, *OFF)
# The mailings of a session, in the order in which they leave.
MAILINGS = (
    "chase-21",
    "chase-14",
    "j-7",
    "chase-7",
    "speakers-j-3",
    "j-1",
    "h-1",
    "speakers-h-1",
    "thanks",
    "missed",
    "follow-up",
    "speakers-thanks",
)
