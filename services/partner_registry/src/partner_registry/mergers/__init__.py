"""A partner that merges into another one, which succeeds it in all rights and duties."""
