"""Quality by design: what the product has to be, and which parameters of the process decide that (ICH Q8, Q11)."""
