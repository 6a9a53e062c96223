"""One origin behind one port: the home page, every service's API, and the stream of facts."""
