"""Which KPIs there are: data, shipped or added by users, with a version for each formula and targets."""
