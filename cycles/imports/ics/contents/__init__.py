"""What the events of a calendar file say."""
