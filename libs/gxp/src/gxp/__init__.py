"""Pure arithmetic that regulated records share. No input, no output, and no clock of its own."""
