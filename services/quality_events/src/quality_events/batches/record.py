"""Rules of the batch record: who made an entry, when it may be taken, and what stands against its review."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from quality_events.batches.fields import RecordColumns, StatedColumns
from quality_events.batches.stages import BatchStage
from runtime.problems import RuleViolated

PERSON = "person/"
"""What stands before the subject in the source of what a person stated by hand."""


def not_ended(stages: Iterable[BatchStage]) -> list[str]:
    """The stages that still run."""
    return [stage.step for stage in stages if stage.ended_at is None]


def persons(batch: StatedColumns, stages: Iterable[BatchStage]) -> list[str]:
    """Who stated by hand that it began, what was done and that it is made: these are entries of its record."""
    sources = [source for source in (batch.start_source, batch.completion_source) if source]
    stated = [source.removeprefix(PERSON) for source in sources if source.startswith(PERSON)]
    return [*stated, *(person for stage in stages for person in stage.recorded_by)]


def authors(more: Sequence[str], record: RecordColumns) -> list[str]:
    """Who made an entry in any version: those known, whoever handed in the last one, and more."""
    last = [record.record_received_by] if record.record_received_by else []
    return sorted({*record.record_authors, *last, *more})


def must_be_what_was_read(record: RecordColumns, digest: str) -> None:
    """Raise RuleViolated where another version stands now than who reviews has read; the answer says which."""
    if record.record_digest is not None and digest != record.record_digest:
        now = {"version": record.record_version, "digest": record.record_digest}
        why = f"version {record.record_version} with the digest {record.record_digest} stands now: read and review that"
        raise RuleViolated(why, fields=["digest"], record=now)


def take(record: RecordColumns, version: str, digest: str, complete: bool, by: str, now: datetime) -> None:
    """A version of the record is here."""
    record.record_version, record.record_digest, record.record_complete = version, digest, complete
    record.record_received_by, record.record_received_at = by, now


def why_not_makers(record: RecordColumns) -> str:
    """What stands against the maker's review."""
    if not record.record_complete:
        return f"version {record.record_version} of the record is not complete: hand in one that is (record-revision)"
    return f"the maker reviewed version {record.record_version} of the record already"


def why_not_sponsors(record: RecordColumns) -> str:
    """What stands against the sponsor's review."""
    if record.reviewed_side is None:
        return f"the maker's quality unit comes first: it has not reviewed version {record.record_version} yet"
    return f"the sponsor reviewed version {record.record_version} of the record already"
