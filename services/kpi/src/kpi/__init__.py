"""Facts turned into KPIs, ratings and scorecards."""
