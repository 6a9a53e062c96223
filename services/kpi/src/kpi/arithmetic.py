"""Decimals of any size. In Python's own context of 28 digits, longer sums are rounded silently."""

from decimal import Context

EXACT = Context(prec=131_072 + 16_383)
"""All digits that a PostgreSQL numeric holds, before and behind the point. Add, subtract, negate and quantize in it; do
not divide: a third would have them all."""
