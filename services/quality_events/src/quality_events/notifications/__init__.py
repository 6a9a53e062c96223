"""What authorities are to be notified of, and by when. The sponsor's alone: no partner sees any of it."""
