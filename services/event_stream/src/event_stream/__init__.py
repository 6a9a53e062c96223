"""What leaves the platform: server-sent events."""
