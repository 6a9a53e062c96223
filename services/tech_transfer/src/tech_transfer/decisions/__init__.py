"""Decisions of gates, each signed by both units and the sponsor's quality."""
