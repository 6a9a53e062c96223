"""What authorities registered for which market: products, their sites and versions, and who may work on a day."""
