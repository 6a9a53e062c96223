"""How a service's process is run: its server, its port for those who run it, its end."""
