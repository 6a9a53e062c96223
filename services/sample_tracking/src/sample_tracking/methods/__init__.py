"""The methods by which laboratories test, and their versions."""
