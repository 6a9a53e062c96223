"""What was sent: kept as it came, with what became of each row."""
