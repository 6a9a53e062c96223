"""Batches and lots by which a transfer shows that the receiving site makes what the sending one made."""
