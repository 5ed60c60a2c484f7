"""From events to sessions: recognised, created, changed."""
