"""Facts of tech_transfer on how a transfer's batches keep to the ranges of its critical process parameters (ICH Q8)."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Part, fact
from contracts.tech_transfer import TransferFact
from contracts.vocabulary import Lot


class ReadingVerdict(StrEnum):
    """How what was reported of a batch stands to the proven acceptable range of a critical process parameter."""

    not_reported = "not_reported"
    """Nothing was reported of it."""
    inside = "inside"
    outside = "outside"
    unjudged = "unjudged"
    """Something was reported that cannot be compared with the range."""
    not_asked = "not_asked"
    """The parameter was withdrawn."""


class OutsideValue(Part):
    """A value outside of the range, and which revision of which record of the maker's system has it."""

    value: Decimal
    unit: str
    record: str
    record_revision: int


class ReadingFact(TransferFact):
    """What every fact carries about a critical process parameter of one batch."""

    process_reading_id: UUID
    cpp_id: UUID
    cpp: str
    """The parameter's code."""
    cpp_revision: int
    lot: Lot


@fact("io.entente.CppOutOfRange.v1", topic="tech-transfer.process-reading", key="process_reading_id")
class CppOutOfRange(ReadingFact):
    """A batch of the transfer was made outside of the proven acceptable range of a critical process parameter.

    Told once for each revision of the data or of the range.
    """

    unit: str
    """Of the range."""
    lower: Decimal | None
    upper: Decimal | None
    outside: tuple[OutsideValue, ...]


@fact("io.entente.CppOutOfRangeLifted.v1", topic="tech-transfer.process-reading", key="process_reading_id")
class CppOutOfRangeLifted(ReadingFact):
    """What was outside of a range is so no more, by amended data or a revised range."""

    verdict: ReadingVerdict
    why: str
