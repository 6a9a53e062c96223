"""What other services' facts tell to be open at partners: work that they do for us, and quality events."""
