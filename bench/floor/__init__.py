"""The floor of the registration benchmark: a bare Django application that takes names until places run out."""
