"""What other services told that gates rest on, kept as it was told."""
