"""What the sponsor has made."""
