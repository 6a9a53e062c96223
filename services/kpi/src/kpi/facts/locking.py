"""Who waits for whom while facts are entered: of both locks, that of results is taken first."""

AMONG_OTHERS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('kpi.results', 0))"
"""Results, as long as nothing is amended. Nobody amends meanwhile."""

# A batch and its flaws come from different topics and may be handled at once. Quality events are few: one transaction
# at a time is enough, and it also keeps two of them from waiting for one another's buckets in a circle.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('kpi.quality-events', 0))"
"""Quality events and batches."""
