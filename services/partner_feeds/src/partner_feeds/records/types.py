"""The types of records, as partners name them in events."""

from partner_feeds.records.batch_records import BatchRecord, LotStatus, MaterialUse, ProcessExcursion
from partner_feeds.records.model import BatchCompletion, BatchStart, Deviation, ProcessData, Record, TestResult

RECORD_TYPES: dict[str, type[Record]] = {
    f"io.entente.feed.{record.__name__}.v1": record
    for record in (
        *(BatchStart, BatchCompletion, ProcessData, TestResult, Deviation),
        *(BatchRecord, MaterialUse, ProcessExcursion, LotStatus),
    )
}
"""By their CloudEvents type."""
