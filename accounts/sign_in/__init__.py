"""Signing in, by a code or a passkey, and the pages of one's own account."""
