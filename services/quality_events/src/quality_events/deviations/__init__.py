"""Departures from approved procedures, and what was done about them."""
