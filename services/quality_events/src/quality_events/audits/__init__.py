"""Audits of partners' sites: planned, confirmed, conducted, reported under a signature, and closed."""
