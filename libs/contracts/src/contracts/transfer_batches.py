"""Facts of tech_transfer about the batches by which a transfer shows that a process does what it should."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Part, fact
from contracts.tech_transfer import TransferFact
from contracts.vocabulary import Lot


class TransferBatchKind(StrEnum):
    """What a batch of a transfer is made for."""

    feasibility = "feasibility"
    engineering = "engineering"
    ppq = "ppq"
    """Process performance qualification (FDA process validation, 2011)."""
    comparability = "comparability"


class TransferBatchVerdict(StrEnum):
    """What is to be said of a batch of a transfer, by all that is known of it."""

    planned = "planned"
    """Its making has not begun."""
    in_progress = "in_progress"
    """Something is still to come that it is judged by."""
    undecided = "undecided"
    """An investigation, or a serious deviation, of it is open."""
    conforming = "conforming"
    failed = "failed"
    """For a cause in the process, or one that is not known."""
    excluded = "excluded"
    """It failed, and quality showed that the process was not the cause."""
    cancelled = "cancelled"
    """It was given up before it began."""


class CapabilityVerdict(StrEnum):
    """Whether the lower confidence bound of Ppk reaches what is asked."""

    capable = "capable"
    not_capable = "not_capable"
    not_assessed = "not_assessed"
    """Too few values, none that differ, or none that a Ppk can be given of."""


@fact("io.entente.TransferBatchCompleted.v1", topic="tech-transfer.transfer-batch", key="transfer_batch_id")
class TransferBatchCompleted(TransferFact):
    """It was judged whether a batch conforms to its protocol; told again where what is known of it says otherwise."""

    transfer_batch_id: UUID
    series_id: UUID | None
    lot: Lot
    kind: TransferBatchKind
    verdict: TransferBatchVerdict
    conforming: bool
    why: tuple[str, ...]
    """Why it does not conform."""


class PpqSeriesFact(TransferFact):
    """What every fact about a PPQ series carries."""

    series_id: UUID
    series_number: str
    attempt: int
    """The first is 1; each run that a failure ended is followed by the next."""
    count: int
    """Batches in a row that conform."""
    required: int


@fact("io.entente.PpqSeriesFailed.v1", topic="tech-transfer.ppq-series", key="series_id")
class PpqSeriesFailed(PpqSeriesFact):
    """A batch failed for a cause in the process, or one that is not known: what was counted counts no more."""


@fact("io.entente.PpqSeriesCompleted.v1", topic="tech-transfer.ppq-series", key="series_id")
class PpqSeriesCompleted(PpqSeriesFact):
    """The series conforms, and that is reported with capability, comparability and stability."""


@fact("io.entente.CapabilityAssessed.v1", topic="tech-transfer.ppq-series", key="series_id")
class CapabilityAssessed(TransferFact):
    """How well the batches of a series keep within the limits of one attribute."""

    series_id: UUID
    attribute: str
    n: int
    ppk: Decimal | None
    """None where it is not assessed."""
    lower95: Decimal | None
    """The lower 95 % confidence bound of Ppk (Bissell, 1990)."""
    verdict: CapabilityVerdict
    not_assessed: str | None = None
    """Why not."""


class RunRule(StrEnum):
    """By what a run of lots shows that the process is not what it was."""

    beyond_three_s = "beyond_three_s"
    """One lot lies more than three standard deviations from the mean."""
    eight_on_one_side = "eight_on_one_side"
    """Eight lots in a row lie on one side of the mean."""


class RunSignal(Part):
    """A lot at which a run rule was broken."""

    rule: RunRule
    lot: str
    """Its number."""


class VerifiedAttribute(Part):
    """How well lots keep within the limits of one attribute, and what their run shows."""

    attribute: str
    lots: int
    n: int
    ppk: Decimal | None
    """None where it is not assessed."""
    lower95: Decimal | None
    """The lower 95 % confidence bound of Ppk (Bissell, 1990)."""
    verdict: CapabilityVerdict
    signals: tuple[RunSignal, ...] = ()


@fact("io.entente.ProcessVerified.v1", topic="tech-transfer.process-verification", key="verification_id")
class ProcessVerified(TransferFact):
    """The lots that the receiving site made so far were looked at: continued process verification."""

    verification_id: UUID
    attributes: tuple[VerifiedAttribute, ...]
