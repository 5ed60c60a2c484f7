"""What programmes, cycles, sessions and resources say: editing, pictures, and the version that caches compare."""
