"""Batches, from their start until they are made."""
