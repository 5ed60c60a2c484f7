"""Bringing data in from files: a programme in YAML, a calendar in iCalendar."""
