"""Certificates of analysis: what was found in a lot, as evaluated for one market."""
