"""What a product must meet."""
