"""Versions of mappings: drafted, approved by quality, retired by their successors."""
