"""Whose inspections and batch tests are recognised: rows that count once two people have seen them at their source."""
