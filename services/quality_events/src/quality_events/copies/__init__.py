"""What other services told that a release rests on, kept as it was told."""
