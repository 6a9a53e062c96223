"""What one side writes before it puts it before the other: nobody else reads it."""
