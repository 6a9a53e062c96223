"""From a table's rows, or from events, to records."""
