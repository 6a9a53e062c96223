"""How the batches of a transfer keep to the ranges of its critical process parameters."""
