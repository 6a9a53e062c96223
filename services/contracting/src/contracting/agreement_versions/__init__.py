"""What an agreement says from a day on: proposed by one side, agreed and signed by both."""
