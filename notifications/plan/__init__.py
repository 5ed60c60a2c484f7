"""The reminder plan: which mailing is due when, and to whom."""
