"""Facts of tech_transfer about methods that a laboratory takes over (USP <1224>, <1226>; ICH Q2(R2))."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Part, fact
from contracts.tech_transfer import TransferFact


class MethodTransferKind(StrEnum):
    """How a laboratory shows that it can test by a method."""

    comparative = "comparative"
    """Both laboratories test the same lots (USP <1224>)."""
    covalidation = "covalidation"
    """It takes part in the validation."""
    revalidation_full = "revalidation_full"
    revalidation_partial = "revalidation_partial"
    compendial_verification = "compendial_verification"
    """Of a compendial method, which is validated (USP <1226>)."""
    waiver = "waiver"
    """It need not show it, for a reason."""


class CriterionKind(StrEnum):
    """What is compared, and so by which limits."""

    assay = "assay"
    impurity = "impurity"
    dissolution = "dissolution"
    bioassay = "bioassay"
    """By the ratio of means, on the logarithmic scale."""
    microbiology = "microbiology"
    """By recovery: the ratio of counts."""
    identification = "identification"
    """Both laboratories come to the same verdict."""
    limit_test = "limit_test"
    """Likewise."""


class MethodTransferOutcome(StrEnum):
    """What became of it."""

    passed = "passed"
    failed = "failed"
    waived = "waived"


class AttributeOutcome(StrEnum):
    """What the criteria say of one attribute."""

    passed = "passed"
    failed = "failed"
    not_assessed = "not_assessed"
    """It cannot be judged, which is no good result."""


class AttributeVerdict(Part):
    """One attribute held against its criteria. Facts tell the verdict and why; the numbers are null there, for with a
    laboratory's own results any of them tells the other one's."""

    attribute: str
    """The test, as results name it."""
    criterion: CriterionKind
    difference: Decimal | None = None
    """Receiving minus sending; of ratios receiving over sending. None where verdicts are compared, or nothing is
    assessed. In no fact."""
    ci90: tuple[Decimal, Decimal] | None = None
    """The 90 % confidence interval of the difference or ratio; in no fact."""
    limit: tuple[Decimal, Decimal] | None = None
    """Strictly between which the interval must lie; in no fact, as it may follow from a mean."""
    precision_ratio: Decimal | None = None
    """The receiving laboratory's standard deviation over that of the sending one; in no fact."""
    precision_upper95: Decimal | None = None
    """What that ratio may be at most with 95 % confidence; in no fact."""
    precision_limit: Decimal | None = None
    verdict: AttributeOutcome
    why: str | None = None
    """Of one that did not pass, or could not be assessed."""


class MethodTransferFact(TransferFact):
    """What every fact about the transfer of a method to one laboratory carries."""

    method_transfer_id: UUID
    method_transfer_number: str
    attempt: int
    """Counted from 1 over all protocols for this method and laboratory in one transfer; each has an id of its own."""
    method: str
    """The method's code."""
    method_version: str
    laboratory_site_id: UUID
    """The laboratory that takes it over."""
    laboratory_partner_id: UUID
    sending_laboratory_site_id: UUID | None
    """None where a laboratory of the sponsor's own hands it over."""
    sending_laboratory_partner_id: UUID | None
    kind: MethodTransferKind


@fact("io.entente.MethodTransferStarted.v1", topic="tech-transfer.method-transfer", key="method_transfer_id")
class MethodTransferStarted(MethodTransferFact):
    """The protocol is approved by both laboratories and by quality: its criteria are frozen, and testing may begin."""

    protocol_digest: str
    """SHA-256 of the protocol, in hexadecimal."""


@fact("io.entente.MethodTransferCompleted.v1", topic="tech-transfer.method-transfer", key="method_transfer_id")
class MethodTransferCompleted(MethodTransferFact):
    """The sponsor's quality signed what came of it."""

    outcome: MethodTransferOutcome
    entitled_from: date | None
    """The laboratory's local day of the signature, from which on it is entitled; None of one that failed."""
    attributes: tuple[AttributeVerdict, ...] = ()
    justification: str | None = None
    """Why nothing has to be shown, of one that is waived."""
    signed_by: str
    report_digest: str
    """SHA-256 over canonical JSON of what was signed about results and verdicts, in hexadecimal: what proves it."""


@fact("io.entente.MethodTransferRepeated.v1", topic="tech-transfer.method-transfer", key="method_transfer_id")
class MethodTransferRepeated(MethodTransferFact):
    """It is to be done again: after a failure, or as results that were amended later turned what was concluded."""

    reason: str
    outcome: MethodTransferOutcome
    """What had been concluded."""
    report_digest: str
    """Of what had been concluded, as that told it."""
    suspended_from: date | None = None
    """The laboratory's local day from which on an entitlement that rests on it is suspended; None where there is none.
    """
