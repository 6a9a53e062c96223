"""Lines of sites: with what they share, and what they can make in a year."""
