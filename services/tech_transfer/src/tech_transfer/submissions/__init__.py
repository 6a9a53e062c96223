"""What is submitted to the authorities of the markets, and what they say."""
