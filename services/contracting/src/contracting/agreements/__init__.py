"""Agreements of the sponsor with a partner: which there are, what is in force of them, and until when."""
