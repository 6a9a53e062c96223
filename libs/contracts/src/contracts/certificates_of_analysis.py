"""Facts of sample_tracking about certificates of analysis."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.vocabulary import Lot


class CoaFact(Fact):
    """What every fact about one certificate of analysis carries."""

    coa_id: UUID
    number: str
    lot: Lot
    market: str
    """ISO 3166-1 alpha-2."""
    specification_id: UUID
    revision: int
    """That of the specification."""
    digest: str
    """SHA-256 over canonical JSON of what it says, in hexadecimal."""


@fact("io.entente.CoaIssued.v1", topic="sample-tracking.certificate-of-analysis", key="coa_id")
class CoaIssued(CoaFact):
    """A certificate of analysis was signed and issued: each test for release has results that are approved."""


@fact("io.entente.CoaSuperseded.v1", topic="sample-tracking.certificate-of-analysis", key="coa_id")
class CoaSuperseded(CoaFact):
    """A newer certificate of the same lot and market was issued in its place."""

    superseded_by: UUID


@fact("io.entente.CoaWithdrawn.v1", topic="sample-tracking.certificate-of-analysis", key="coa_id")
class CoaWithdrawn(CoaFact):
    """An issued certificate holds no more, and nothing takes its place."""

    reason: str
