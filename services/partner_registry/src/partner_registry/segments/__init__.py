"""How much a partner matters, and so how it is worked with: criteria, a score and a segment."""
