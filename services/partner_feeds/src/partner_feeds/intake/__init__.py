"""What streams in over HTTP: messages, their replays, and files that are only tried."""
