"""Joining instructions of a training run (the French *convocation*): a duty, not a reminder.

owing     who is owed them, from seven days before the first half-day until it begins
letter    what they say, and the same as a tagged PDF
"""
