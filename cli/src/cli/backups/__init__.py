"""Base backups and the write-ahead log of an installation's PostgreSQL: taken, checked, restored and rehearsed."""
