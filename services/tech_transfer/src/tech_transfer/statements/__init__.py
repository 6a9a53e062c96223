"""What no fact tells of a transfer: quality states it, with its evidence."""
