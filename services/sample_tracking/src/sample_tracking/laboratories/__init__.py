"""Copies of what partner_registry tells of laboratories: what they are qualified for, and on which days they work."""
