"""Files into feeds."""
