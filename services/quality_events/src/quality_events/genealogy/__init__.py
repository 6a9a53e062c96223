"""What became of what: batches that were consumed, split, merged, packed, reworked, reprocessed or recovered."""
