"""What something costs: money with its currency, tiers, and what an order's quantity comes to."""
