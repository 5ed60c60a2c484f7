"""The public pages, the cache that keeps them, and what search engines read."""
