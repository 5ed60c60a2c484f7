"""How often somebody may ask, and how many people may register from one network."""
