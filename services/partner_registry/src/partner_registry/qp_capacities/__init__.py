"""Qualified persons: who may certify batches, under which law, for which sites, and from when to when."""
