"""Recalls and their exercises: what is brought back, from where, and how much of it came back."""
