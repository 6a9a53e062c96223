"""Deviations at the receiving site, and which gap or item of the package had given warning of each."""
