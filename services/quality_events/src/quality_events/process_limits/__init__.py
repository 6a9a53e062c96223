"""Process limits of a product at its maker: which yield each step has to give, and how long what it gave may wait."""
