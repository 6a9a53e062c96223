"""When lots were made, copied from facts."""
