"""What who sold a site keeps of a batch that was in the making there, which is the buyer's since."""
