"""What speaks against a result's data: raised by rule, answered by a person (ALCOA+)."""
