"""Authorities' certificates of sites: what they cover, on which days, and that they end."""
