"""Out-of-specification results: every one is investigated (21 CFR 211.192)."""
