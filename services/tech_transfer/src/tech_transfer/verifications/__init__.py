"""Continued process verification: whether lots made after the transfer still show what its PPQ series did."""
