"""What was learned in a transfer, to be found at the next one."""
