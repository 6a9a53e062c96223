"""The quality target product profile of a transfer."""
