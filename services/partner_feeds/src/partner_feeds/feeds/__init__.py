"""Who sends what about which site."""
