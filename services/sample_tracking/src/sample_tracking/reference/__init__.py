"""Small copies of what partner-registry owns."""
