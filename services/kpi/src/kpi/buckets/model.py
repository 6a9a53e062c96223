"""The tables of sums. They are written by the ledger's hot path; see ``kpi.facts.commands``."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Numeric, String, Uuid
from sqlalchemy import Table as PlainTable

from kpi.metadata import metadata

# Plain tables: no row of these is ever an object of its own.
BUCKET = PlainTable(
    "bucket",
    metadata,
    Column("measure", String, nullable=False),
    Column("month", Date, nullable=False),
    Column("partner_id", Uuid, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("product_id", Uuid),
    Column("level", Numeric, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("total", Numeric, nullable=False),
)
"""Count and total of a measure in a month by its dimensions. ``level`` is the value itself for a distribution, whose
exact percentiles come from the counts per level, and 0 for what is only summed."""

FRESHNESS = PlainTable(
    "freshness",
    metadata,
    Column("measure", String, primary_key=True),
    Column("partner_id", Uuid, primary_key=True),
    Column("as_of", DateTime(timezone=True), nullable=False),
)
"""When the newest fact of a measure of a partner was recorded: a rival's news is no news of its own."""
