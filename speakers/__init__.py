"""Speakers and trainers: invited, confirmed, prepared and thanked, without an account (docs/decisions/0150)."""
