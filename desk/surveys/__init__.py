"""Surveys in the desk: opening and closing them, their questions, whom they ask, and what came out."""
