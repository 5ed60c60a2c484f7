"""The registration form: what it asks, what came in, and the pages after it."""
