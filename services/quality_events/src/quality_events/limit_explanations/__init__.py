"""Which deviation explains that a batch lies outside of a limit of its process."""
