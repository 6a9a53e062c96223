"""What each service's ledger says, held against what Kafka and the other services hold."""
