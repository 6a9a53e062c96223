"""Statistics by which a transfer is judged: pure functions. Decimals come in; scipy calculates in floats."""
