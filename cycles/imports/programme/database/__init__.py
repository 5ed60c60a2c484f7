"""Writing the records of a programme file."""
