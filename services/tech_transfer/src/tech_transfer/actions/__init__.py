"""What is to be done of what a gate asked for: conditions, and what is no longer true of a gate that was passed."""
