"""Process performance qualification: whether a number of batches in a row shows that the process does what it should."""
