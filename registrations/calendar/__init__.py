"""The private calendar of a participant."""
