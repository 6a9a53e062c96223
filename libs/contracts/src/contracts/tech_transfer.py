"""Facts of tech_transfer about transfers and the gates that they pass (WHO TRS 1044 annex 4; ICH Q10 3.1.2)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day, HappenedAt
from contracts.qualifications import Purpose
from contracts.turns import BallHeld


class TransferKind(StrEnum):
    """What is handed over."""

    process = "process"
    analytical = "analytical"
    process_and_analytical = "process_and_analytical"
    packaging = "packaging"


class Gate(StrEnum):
    """What a transfer has to show before it goes on, in its order."""

    initiation = "initiation"
    planning = "planning"
    knowledge_transfer = "knowledge_transfer"
    process_development = "process_development"
    validation = "validation"
    readiness = "readiness"


class GateVerdict(StrEnum):
    """What was decided of a gate."""

    passed = "passed"
    conditional = "conditional"
    """The next one is begun, and what is open has an owner and a last day."""
    failed = "failed"


class PlannedGate(Part):
    """By which day a gate is to be passed."""

    gate: Gate
    planned_on: Day


class UnmetRule(Part):
    """Something that a gate asks for and that was not so when it was decided."""

    rule: str
    why: str


class TransferFact(Fact):
    """What every fact about a transfer, or something of it, carries."""

    transfer_id: UUID
    number: str
    """The transfer's."""
    product_id: UUID
    sending_site_id: UUID | None
    """None where the sponsor's own site hands over."""
    sending_partner_id: UUID | None
    """None where that is the sponsor."""
    receiving_site_id: UUID
    receiving_partner_id: UUID


@fact("io.entente.TransferStarted.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferStarted(TransferFact):
    """A process or methods are to be handed over to a partner's site."""

    title: str
    kind: TransferKind
    purpose: Purpose
    strengths: tuple[str, ...]
    markets: tuple[str, ...]
    """ISO 3166-1 alpha-2."""
    planned: tuple[PlannedGate, ...]


@fact("io.entente.TransferPlanned.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferPlanned(TransferFact):
    """Its gates have other days than before; a slip is counted from those with which it started."""

    planned: tuple[PlannedGate, ...]
    reason: str


@fact("io.entente.TransferHeld.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferHeld(TransferFact):
    """It rests for a while."""

    reason: str


@fact("io.entente.TransferResumed.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferResumed(TransferFact):
    """It goes on where it was held."""


@fact("io.entente.TransferCancelled.v1", topic="tech-transfer.transfer", key="transfer_id")
class TransferCancelled(TransferFact):
    """It will not be. What was handed over is returned or destroyed."""

    reason: str


@fact("io.entente.GateDecided.v1", topic="tech-transfer.transfer", key="transfer_id")
class GateDecided(TransferFact):
    """The sending unit, the receiving unit and the sponsor's quality signed what becomes of a gate."""

    decision_id: UUID
    gate: Gate
    verdict: GateVerdict
    decided_at: HappenedAt
    unmet: tuple[UnmetRule, ...]
    """What was open, of one that was passed with conditions or failed."""
    signers: tuple[str, ...]


@fact("io.entente.GateReopened.v1", topic="tech-transfer.transfer", key="transfer_id")
class GateReopened(TransferFact):
    """The sponsor's quality goes back to a gate. Decisions of it and of later ones are void, and are kept."""

    gate: Gate
    reason: str


@fact("io.entente.tech-transfer.BallHeld.v1", topic="tech-transfer.ball", key="subject_id")
class TechTransferBallHeld(BallHeld):
    """A transfer, or something of it, waits for somebody."""
