"""What may go wrong with a transfer, scored anew at each of its gates."""
