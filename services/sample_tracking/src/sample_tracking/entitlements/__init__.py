"""Which laboratory is entitled to test by which method, and since when."""
