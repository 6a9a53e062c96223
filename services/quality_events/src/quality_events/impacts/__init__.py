"""What becomes known of a batch after its release, and what follows for each market. The sponsor's alone."""
