"""The gates of a transfer: what each asks for, what is not so yet, and what was decided."""
