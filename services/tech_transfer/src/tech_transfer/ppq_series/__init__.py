"""Process performance qualification: whether batches in a row show that the process does what it should."""
