"""What is decided of a batch for each market, and who signed for it."""
