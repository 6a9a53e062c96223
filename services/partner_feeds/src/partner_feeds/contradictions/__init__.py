"""Records that were reported twice under one id and revision, with different content."""
