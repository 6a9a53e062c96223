"""Who held the ball: what blocked each gate, and to whom a day counts by which it is late; and the forecast."""
