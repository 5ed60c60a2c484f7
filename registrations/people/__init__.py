"""Participants: what they decide, their rights, and how long their data are kept."""
