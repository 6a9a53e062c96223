"""Changes at partners' sites: proposed by either side, assessed for each market, approved by both."""
