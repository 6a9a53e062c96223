"""Test results: the densest stream, and its amendments."""
