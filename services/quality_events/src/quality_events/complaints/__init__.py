"""Complaints about what was sold: the sponsor's, and the maker's from when they are shared with it."""
