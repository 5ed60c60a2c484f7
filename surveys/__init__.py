"""Surveys: what is asked after a session and around a training, who has answered, and what came out."""
