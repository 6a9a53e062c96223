"""Facts of tech_transfer about submissions to authorities, delays, and the end of a transfer (WHO TRS 1044 annex 4)."""

from enum import StrEnum
from uuid import UUID

from contracts.changes import ChangeCategory
from contracts.fact import Part, fact
from contracts.moments import Day
from contracts.tech_transfer import Gate, TransferFact


class DayHolder(StrEnum):
    """To whom a day counts by which a gate is later than it was planned first."""

    sponsor = "sponsor"
    sending = "sending"
    receiving = "receiving"
    laboratory = "laboratory"
    authority = "authority"
    day_off = "day_off"
    """Who owed the next step does not work on it: it counts to nobody."""
    unknown = "unknown"
    """Nothing is kept of it, or nobody can say who owed the next step."""
    others = "others"
    """What a partner is told of the days that are not its own."""


class HeldDays(Part):
    """How many days count to somebody."""

    holder: DayHolder
    days: int


class SubmissionFact(TransferFact):
    """What every fact about a submission carries."""

    submission_id: UUID
    market: str
    """ISO 3166-1 alpha-2, or EU."""
    kind: ChangeCategory
    """How it is reported to the market's authority."""
    happened_on: Day
    """By the authority's paper."""


@fact("io.entente.SubmissionFiled.v1", topic="tech-transfer.submission", key="submission_id")
class SubmissionFiled(SubmissionFact):
    """The change of the site is with a market's authority."""


@fact("io.entente.SubmissionApproved.v1", topic="tech-transfer.submission", key="submission_id")
class SubmissionApproved(SubmissionFact):
    """The authority agrees."""


@fact("io.entente.SubmissionRefused.v1", topic="tech-transfer.submission", key="submission_id")
class SubmissionRefused(SubmissionFact):
    """The authority does not agree, or not any more."""


@fact("io.entente.TransferDelayed.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferDelayed(TransferFact):
    """The forecast of a gate passes its first plan by five working days, or by each further ten. The sponsor's alone.

    A partner is not told on whom another one waited.
    """

    gate: Gate
    planned_on: Day
    forecast_on: Day
    working_days_late: int
    """Working days of the receiving site between the two."""
    days_by_side: tuple[HeldDays, ...]
    """Of the days since the first plan that have passed already."""


@fact("io.entente.TransferClosed.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferClosed(TransferFact):
    """The sponsor's quality signed the closure report."""

    report_id: UUID
    report_digest: str
    """SHA-256 of its content."""
