"""What partner_registry owns, as far as this service has heard of it."""
