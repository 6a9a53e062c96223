"""Qualifications of sites: for which work, by what, under which conditions, until when."""
