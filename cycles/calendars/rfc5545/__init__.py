"""The iCalendar format (RFC 5545). Pure: neither Django nor a clock."""
