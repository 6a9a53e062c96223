"""How long each table keeps what it holds, and whether what is to go goes."""
