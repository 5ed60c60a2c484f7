"""Names, dates and rhythms in words."""
