"""The pages that a personal link opens."""
