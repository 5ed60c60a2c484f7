"""Who asked for the newsletter of a programme: the list to send it to, with the proof that each agreed."""
