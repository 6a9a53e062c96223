"""Results that are out of trend: investigated in the laboratory, and no OOS in any rate."""
