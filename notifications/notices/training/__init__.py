"""Mails of training runs outside the plan, and how its line for trainers is gathered by the day."""
