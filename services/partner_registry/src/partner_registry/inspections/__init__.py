"""Authorities' inspections of sites: what was found, answered, promised and decided."""
