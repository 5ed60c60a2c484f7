"""Speakers in the organisers' space: who is invited, confirmed, silent, missing what; naming, inviting, reviewing."""
