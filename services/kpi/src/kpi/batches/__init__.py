"""Batches: what was made, and whether it was right the first time."""
