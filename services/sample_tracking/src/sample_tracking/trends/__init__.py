"""Results that lie outside the trend of those before them, beside and not instead of the specification."""
