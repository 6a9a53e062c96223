"""Bodies of requests and answers about closure reports."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field as Column
from sqlmodel import String

from runtime.bodies import Body
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ClosureState(StrEnum):
    """Where a closure report stands."""

    draft = "draft"
    signed = "signed"


class DraftClosure(Body):
    """Of which transfer: one that has passed all of its gates."""

    transfer_id: UUID


class ClosureFields(OfTransfer):
    """What readers see of a closure report."""

    number: str
    state: ClosureState = Column(default=ClosureState.draft, sa_type=String)
    digest: str
    """SHA-256 of its sections, as JSON with keys in order and no spaces between."""
    written_at: datetime = Column(sa_type=INSTANT)
    """When the records were asked last."""
    signed_by: str | None = None
    """The subject of who signed it; null before that."""
    signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When it was signed; null before that."""


class ClosureSection(Answer):
    """A section, as the records told it when the report was written."""

    name: str
    """The section's name; it never changes."""
    title: str
    """Its heading, in words."""
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str
    """What is said where there are no rows."""


class ClosureReportRead(ClosureFields, PartRead):
    """A closure report as its readers see it."""


class ClosureReportDetail(ClosureReportRead):
    """A closure report with its sections."""

    sections: Sequence[ClosureSection]
    """The sections of the report, in their order."""


class VerifiedSection(Answer):
    """A section, and whether the records tell the same today."""

    name: str
    """The section's name."""
    same: bool
    """Also false of one that reports have had only since."""


class ClosureVerification(Answer):
    """Whether a report is what it was when it was written, and what the records tell today."""

    intact: bool
    """Its digest is that of its sections."""
    same: bool
    """The records tell today what they told then."""
    sections: Sequence[VerifiedSection]
    """Each section, and whether the records tell the same today."""
