"""Clauses that can be held against facts."""
