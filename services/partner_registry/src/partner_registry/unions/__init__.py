"""One company that was registered twice: its records are read together, and none is moved."""
