"""Certificates on paper, typed by two people."""
