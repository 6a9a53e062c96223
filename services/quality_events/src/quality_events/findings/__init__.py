"""What audits found: answered by the site, accepted or sent back, and verified."""
