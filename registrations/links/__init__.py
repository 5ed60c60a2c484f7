"""Personal links: each opens one page of one person."""
