"""What becomes of work that is open at a partner that is, or was, suspended: facts of partner_registry, told to it."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact


class StatusCause(StrEnum):
    """What an authority decided for which a partner is suspended: an official action indicated, or non-compliance."""

    official_action = "official_action"
    non_compliance = "non_compliance"


class WorkDecision(StrEnum):
    """What becomes of work that is open at a partner that is suspended."""

    stop = "stop"
    finish = "finish"
    hold = "hold"
    """It waits as it is until the suspension is lifted, or something else is decided."""


class DecidedWork(Part):
    """One batch or test order that is open at the partner, and what becomes of it."""

    work_id: UUID
    """The batch's or the order's own id."""
    kind: str
    """``batch`` or ``test_order``."""
    number: str
    site_id: UUID
    decision: WorkDecision
    rationale: str


@fact("io.entente.PartnerWorkDecided.v1", topic="partner-registry.partner", key="partner_id")
class PartnerWorkDecided(Fact):
    """What becomes of work that is open at a partner was decided, or decided otherwise, also after its suspension."""

    partner_id: UUID
    decided_work: tuple[DecidedWork, ...]
    """What is said of each now; of what is not named here the word before counts."""
    undecided_work: int | None
    """How much is open of which nothing is decided after this; None where that is not known."""
