"""Partners' plants and laboratories."""
