"""Plumbing that is identical in every service; no word of the domain in it."""
