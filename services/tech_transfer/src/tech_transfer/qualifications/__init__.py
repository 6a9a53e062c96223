"""Whether the receiving site may do the work that is handed over."""
