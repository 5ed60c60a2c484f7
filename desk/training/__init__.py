"""Training in the desk: the sheet of a half-day, the papers of a run, and who issues them."""
