"""What was sent: kept as it came, translated, answered by row."""
