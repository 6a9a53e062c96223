"""Facts of partner_registry on who may certify batches, and on whose tests and inspections are recognised."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, DueAt


class QpRegime(StrEnum):
    """By which law a person certifies; ``rpi`` is Great Britain's responsible person for import."""

    eu_eea = "eu_eea"
    gb = "gb"
    rpi = "rpi"


class QpSide(StrEnum):
    """Whose person it is."""

    sponsor = "sponsor"
    partner = "partner"


class QpCapacityState(StrEnum):
    """Where a person's capacity stands. What it was good for on a day follows from its validity."""

    named = "named"
    ended = "ended"
    withdrawn = "withdrawn"


class QpFact(Fact):
    """What every fact about one capacity carries."""

    qp_capacity_id: UUID
    number: str
    side: QpSide
    partner_id: UUID | None
    """None of the sponsor's."""
    subject: str
    """The person's login."""
    printed_name: str
    regime: QpRegime
    legal_entity: str
    """As it was called from when the person is named."""
    legal_entity_id: UUID | None = None
    """None where it was told in words alone."""
    authorisation: str
    """The number of that on which the person is named."""
    valid_from: Day
    valid_to: Day | None
    """The last day on which the person may certify by it; None where no end is known."""


@fact("io.entente.QpCapacityChanged.v1", topic="partner-registry.qp-capacity", key="qp_capacity_id")
class QpCapacityChanged(QpFact):
    """A person was named, or certifies no more from a day on. What was certified before stays certified."""

    state: QpCapacityState
    site_ids: tuple[UUID, ...]
    product_kinds: tuple[str, ...] = ()
    """None: it is not limited to some."""
    deputy_of: UUID | None = None
    """The capacity of whom the person stands in for."""
    evidence: str
    """SHA-256 of the document that names the person."""
    reason: str | None = None


@fact("io.entente.QpCoverageEnding.v1", topic="partner-registry.qp-capacity", key="qp_capacity_id")
class QpCoverageEnding(QpFact):
    """The last person who is named on an authorisation ends; told once at each number of days."""

    days: int
    """60, 30 or 7: it ends within so many; 0 where it had ended when that was told."""
    ends_at: DueAt


class RecognisingRegime(StrEnum):
    """Who recognises what another country's authority does."""

    eu = "eu"
    gb = "gb"


class RecognisedWork(StrEnum):
    """What is taken for one's own."""

    inspection = "inspection"
    batch_testing = "batch_testing"


@fact(
    "io.entente.MutualRecognitionChanged.v1", topic="partner-registry.mutual-recognition", key="mutual_recognition_id"
)
class MutualRecognitionChanged(Fact):
    """A row was confirmed by two people, or has an end. Before that it counts as none. The sponsor's alone."""

    mutual_recognition_id: UUID
    number: str
    regime: RecognisingRegime
    country: str
    """ISO 3166-1 alpha-2, or EU."""
    covers: tuple[RecognisedWork, ...]
    kinds_in: tuple[str, ...] = ()
    """None: it is not limited to some."""
    kinds_out: tuple[str, ...] = ()
    valid_from: Day
    valid_to: Day | None = None
    source: str
    reason: str | None = None
