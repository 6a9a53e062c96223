"""What laboratories found, held against the specification."""
