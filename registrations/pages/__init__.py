"""The registration form and the pages of a participant."""
