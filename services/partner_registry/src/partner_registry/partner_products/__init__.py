"""Products as a partner knows them."""
