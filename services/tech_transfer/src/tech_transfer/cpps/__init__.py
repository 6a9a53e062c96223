"""Critical process parameters and their ranges."""
