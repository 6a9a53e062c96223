"""Whether a batch is ready for release: each condition for each market, worked out from facts."""
