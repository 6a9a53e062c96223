"""Critical quality attributes of what is handed over."""
