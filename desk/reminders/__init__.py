"""The reminder plan as organisers see and change it."""
