"""Price lists: what products cost under an agreement, read by those who trade and by nobody else."""
