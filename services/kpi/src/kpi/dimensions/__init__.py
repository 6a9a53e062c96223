"""By what numbers are broken down: small copies of what partner_registry owns."""
