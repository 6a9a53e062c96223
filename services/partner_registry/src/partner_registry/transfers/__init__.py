"""Sites that are sold: from a day on they belong to another partner."""
