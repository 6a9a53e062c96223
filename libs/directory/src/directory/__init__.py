"""Small copies of what partner_registry owns, built from facts, so that a service asks nobody."""
