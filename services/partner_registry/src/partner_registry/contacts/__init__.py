"""Whom to ask at a partner, and at the sponsor about it."""
