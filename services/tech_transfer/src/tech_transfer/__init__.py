"""Tech transfer."""
