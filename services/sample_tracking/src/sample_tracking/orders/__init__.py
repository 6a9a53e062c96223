"""What laboratories are ordered to test."""
