"""Documents that belong to agreements: their bytes, known by their digest."""
