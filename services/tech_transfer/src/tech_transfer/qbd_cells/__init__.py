"""How much each critical quality attribute rests on each critical process parameter."""
