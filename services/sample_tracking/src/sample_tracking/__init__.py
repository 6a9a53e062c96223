"""Specifications, samples and results."""
