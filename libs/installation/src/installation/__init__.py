"""What an installation needs once, before its services run: databases, roles, migrations and topics."""
