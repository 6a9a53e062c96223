"""Sub-suppliers that sites use: for what, how critical, and who audits them."""
