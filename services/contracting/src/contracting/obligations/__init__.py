"""Obligations: what a clause asks of one subject, such as a deviation, and whether it was kept."""
