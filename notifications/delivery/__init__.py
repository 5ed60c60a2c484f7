"""From an owed mail to a reserved one: what may leave, and which worker holds it."""
