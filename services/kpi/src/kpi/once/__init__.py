"""What goes by several ids, and counts once: a test in its revisions, goods under two numbers."""
