"""Mail to organisers about their work: what waits for them, what is wrong, what is to come."""
