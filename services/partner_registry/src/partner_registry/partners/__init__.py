"""Contract manufacturers and laboratories."""
