"""The iCalendar format as calendars write it: properties, moments, zones, rules."""
