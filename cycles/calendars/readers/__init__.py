"""Which calendar programs read the feeds, counted without recording anybody."""
