"""Gaps: in what the receiving site differs from the sending one, and what is done about it."""
