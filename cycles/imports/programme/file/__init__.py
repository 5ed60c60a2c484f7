"""Reading a programme file: from bytes to checked records, each with its line."""
