"""Mails outside the reminder plan: changes of date, news, messages to groups."""
