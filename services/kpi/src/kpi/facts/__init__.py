"""What was measured, once per thing, with the event that proves it."""
