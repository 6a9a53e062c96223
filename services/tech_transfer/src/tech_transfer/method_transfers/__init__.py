"""Methods that a laboratory takes over: criteria frozen before the first result, and what came of it."""
