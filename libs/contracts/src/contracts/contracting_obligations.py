"""Facts of contracting about obligations: what a clause asks of one subject, and whether it was kept."""

from enum import StrEnum
from uuid import UUID

from contracts.contracting import ClauseKind, Owes
from contracts.fact import Fact, fact
from contracts.moments import DueAt, HappenedAt


class Duty(StrEnum):
    """How what a clause asks of one subject stands."""

    pending = "pending"
    met = "met"
    breached = "breached"
    unknown = "unknown"
    """It cannot be judged; the reason is said. Never counted as met."""
    not_covered = "not_covered"
    """No agreement was in force that says anything of it."""
    void = "void"
    """Nothing is owed: the subject was cancelled, or the clause asks nothing of its class."""


class ObligationFact(Fact):
    """What every fact about one obligation carries."""

    obligation_id: UUID
    number: str
    agreement_id: UUID | None
    """The agreement that asks for it; None where a correction left none that covers it."""
    agreement_number: str | None
    """What people call that agreement."""
    agreement_version: int | None
    """Of the agreement in force when it started: that judges."""
    clause: str
    """Its code."""
    kind: ClauseKind
    owes: Owes
    """Which side owes it."""
    gmp: bool
    """Whether it is a matter of GMP."""
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None
    subject_type: str
    """What it is about, such as ``Deviation``."""
    subject_id: UUID
    subject_number: str | None
    """What people call the record that it is about; of a batch the lot's number."""
    start_at: DueAt | None
    """Of an act that is to be announced, when it is made or planned."""
    first_due_at: DueAt | None
    """As it was due by what was told first: it stays when that is corrected."""
    due_at: DueAt | None
    done_at: HappenedAt | None
    verdict: Duty
    judged_as: str | None
    """The class that counted; None where the clause does not ask for one."""
    waived: bool
    """It is not held against who owes it. What is measured counts the verdict all the same."""
    proof: tuple[UUID, ...]
    """The ids of the events that prove it."""


@fact("io.entente.ObligationOpened.v1", topic="contracting.obligation", key="obligation_id")
class ObligationOpened(ObligationFact):
    """Something started of which a clause in force asks something."""


@fact("io.entente.ObligationMet.v1", topic="contracting.obligation", key="obligation_id")
class ObligationMet(ObligationFact):
    """It was done in time."""


@fact("io.entente.ObligationBreached.v1", topic="contracting.obligation", key="obligation_id")
class ObligationBreached(ObligationFact):
    """It was done late, or its due instant passed and it is not done; then it is told again when it is."""


@fact("io.entente.ObligationCorrected.v1", topic="contracting.obligation", key="obligation_id")
class ObligationCorrected(ObligationFact):
    """What was told of it is otherwise: something became known that changes the verdict, or what it rests on."""

    before: Duty
    cause: str
    """What led to it: the type of a fact, ``clock``, or ``agreement``."""
    cause_id: UUID | None
    """The event, or the agreement."""


@fact("io.entente.ObligationWaived.v1", topic="contracting.obligation", key="obligation_id")
class ObligationWaived(ObligationFact):
    """The side to which it is owed does not hold it against the other one."""

    reason: str
