"""From the text of a cell or a field to a value, or the reason why it is none and what would be right."""
