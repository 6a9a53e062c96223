"""A KPI's numbers: by period and dimension, rated, and each with the way to its facts."""
