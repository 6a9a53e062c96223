"""Statistics of transfers: decimals come in, floats are inside, and nothing is rounded on the way."""
