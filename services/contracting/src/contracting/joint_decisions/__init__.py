"""What both sides decide together of an agreement in force: a renewal, an end, a review."""
