"""What a row becomes: records in our words and the partner's codes, and the answer about each row."""
