"""How high a site's risk is: assessments that are signed, and floors that facts set until the next one is."""
