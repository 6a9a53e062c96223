"""Product quality reviews: what was made in a period, from facts and what people add, signed by both sides."""
