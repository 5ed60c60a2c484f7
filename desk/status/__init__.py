"""How the site stands, for whoever runs it."""
