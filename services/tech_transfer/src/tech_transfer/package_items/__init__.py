"""The package: the documents that the sending unit hands over, and what the receiving unit says of them."""
