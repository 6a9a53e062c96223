"""What sponsor and partner agreed, and whether it is kept."""
