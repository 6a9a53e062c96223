"""Proposals to hold batches that were made at a site of which something became known. The sponsor's alone."""
