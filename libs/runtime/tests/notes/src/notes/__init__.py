"""A service with one aggregate, for the tests of the plumbing."""
