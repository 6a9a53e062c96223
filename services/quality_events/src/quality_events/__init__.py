"""Batches, deviations and out-of-specification investigations."""
