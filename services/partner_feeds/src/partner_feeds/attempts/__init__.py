"""The work on a message: its rows in batches, each in a transaction of its own."""
