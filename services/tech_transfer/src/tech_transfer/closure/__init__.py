"""The closure report of a transfer: what became of it, frozen and signed."""
