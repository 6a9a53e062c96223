"""Whether lots of the receiving site are comparable with those that the sending one made (ICH Q5E; FDA SUPAC)."""
