"""The delivery ledger: what is owed, claimed, sent, refused, and until when it is kept."""
