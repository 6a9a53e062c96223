"""From bytes to rows of cells, or to elements of JSON."""
