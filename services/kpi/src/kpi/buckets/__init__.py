"""Sums of facts, kept as facts are entered, so that a number's cost does not grow with the age of the data."""
