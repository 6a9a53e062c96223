"""Partners, sites and products."""
