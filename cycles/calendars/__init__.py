"""Sessions as calendars: entries, feeds, and the pages that explain how to subscribe."""
