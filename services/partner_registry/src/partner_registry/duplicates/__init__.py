"""Whether two partners are one company: what is refused, and what a person decides."""
