"""Partners that merged into others: since when they are not rated any more, and for whom no target is set."""
