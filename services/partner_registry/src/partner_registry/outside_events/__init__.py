"""What happens to a partner outside of all records: somebody writes it down, and it holds the risk up."""
