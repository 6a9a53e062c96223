"""Holds of batches, beside the batches' states: several at once, each for some markets or for all."""
