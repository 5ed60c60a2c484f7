"""The outside world of mail: SMTP, providers, their replies, and the local mailbox."""
