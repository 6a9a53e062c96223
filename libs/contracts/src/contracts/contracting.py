"""Facts of contracting about agreements (EU GMP chapter 7; ICH Q10 2.7; FDA, Quality Agreements, 2016)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import Day
from contracts.turns import BallHeld, Holder


class AgreementKind(StrEnum):
    """What kind of agreement it is."""

    nda = "nda"
    """On confidentiality."""
    msa = "msa"
    """Master service agreement: the frame of others."""
    quality = "quality"
    """Who is responsible for what of GMP: for that it is above all others."""
    joint_service = "joint_service"
    supply = "supply"


class Renewal(StrEnum):
    """What becomes of an agreement when its last day comes."""

    none = "none"
    """It ends."""
    automatic = "automatic"
    """It goes on for so many months, unless one side gave notice in time."""
    by_agreement = "by_agreement"
    """It ends, unless both sides agree on a later last day."""


class ClauseKind(StrEnum):
    """By what a clause is kept."""

    deadline = "deadline"
    """Something is done within a time after something else."""
    ahead = "ahead"
    """Something is told so long before it is done."""
    recurring = "recurring"
    """Something is done again within a time after it was done last."""
    prohibition = "prohibition"
    """Something is not done without a consent."""


class Owes(StrEnum):
    """Which side a clause binds."""

    partner = "partner"
    sponsor = "sponsor"


class AgreementEnd(StrEnum):
    """Why an agreement ends before its last day comes."""

    notice = "notice"
    for_cause = "for_cause"
    """By a notice for cause, with a period of its own."""
    both = "both"
    """Both sides agreed on it."""


class AgreedClause(Part):
    """A duty that a version says, as facts are held against it."""

    code: str
    kind: ClauseKind
    owes: Owes
    amounts: dict[str, int]
    """Within how much, by the class of what it is about; under "" for all. A prohibition has none."""
    unit: str | None
    """hours, calendar_days, working_days or months."""
    calendar: str | None
    """Whose public holidays are off, where working days are counted."""
    start: str | None
    """What the time is counted from, such as ``Deviation.partner_aware_at``."""
    end: str | None
    """What has to have happened by then."""
    classes: tuple[str, ...]
    """Of which classes it is; none: of all."""
    site_ids: tuple[UUID, ...]
    """At which sites it holds; none: at all of the version's."""
    product_ids: tuple[UUID, ...]
    """Of which products it holds; none: of all of the version's."""
    statutory: bool
    """It is never waived."""
    gmp: bool
    """It is a matter of GMP."""


class AgreementFact(Fact):
    """What every fact about an agreement carries, and the version that it is about."""

    agreement_id: UUID
    number: str
    """The agreement's."""
    kind: AgreementKind
    partner_id: UUID
    version_id: UUID
    version_number: int
    """From 1. Of an agreement as a whole the version that is in force."""
    sponsor_legal_entity: str
    """Which of the sponsor's companies signs."""
    partner_legal_entity: str
    site_ids: tuple[UUID, ...]
    """The partner's sites that it covers; none: all."""
    product_ids: tuple[UUID, ...]
    """The products that it covers; none: all."""
    effective_from: Day
    """The version's first day."""
    expiry: Day | None
    """The last day; None: without end."""
    digest: str
    """SHA-256 of the version's content, as both sides agreed on and signed it."""


@fact("io.entente.AgreementProposed.v1", topic="contracting.agreement", key="agreement_id")
class AgreementProposed(AgreementFact):
    """A side put a version before the other, for the first time or once more after it was given back."""

    parent_id: UUID | None
    """The master agreement under which it is made."""
    proposed_side: Holder
    round: int
    """How often it was put before the other side."""
    changed_clauses: tuple[str, ...]
    """Of an amendment, by their codes."""


@fact("io.entente.AgreementAgreed.v1", topic="contracting.agreement", key="agreement_id")
class AgreementAgreed(AgreementFact):
    """Both sides agreed on the version, over one digest."""


@fact("io.entente.AgreementSigned.v1", topic="contracting.agreement", key="agreement_id")
class AgreementSigned(AgreementFact):
    """Both legal entities signed the version, over one digest."""

    signers: tuple[str, ...]


@fact("io.entente.AgreementEffective.v1", topic="contracting.agreement", key="agreement_id")
class AgreementEffective(AgreementFact):
    """The version's first day came: it is what the agreement says now."""

    parent_id: UUID | None
    """The master agreement under which it is made."""
    services: tuple[str, ...]
    notice_days: int | None
    """How many calendar days after its receipt a notice ends it; None: nobody can give notice."""
    renewal: Renewal
    clauses: tuple[AgreedClause, ...]


@fact("io.entente.AgreementSuperseded.v1", topic="contracting.agreement", key="agreement_id")
class AgreementSuperseded(AgreementFact):
    """A later version took effect. What began before stays with this one."""

    effective_to: Day
    """The last day on which it held."""
    superseded_by: int
    """The number of the later version."""


@fact("io.entente.AgreementRenewed.v1", topic="contracting.agreement", key="agreement_id")
class AgreementRenewed(AgreementFact):
    """It goes on beyond its last day: by itself, as nobody gave notice in time, or as both sides agreed."""

    renewal: Renewal
    expired_before: Day
    """The last day that it had."""


@fact("io.entente.AgreementReviewed.v1", topic="contracting.agreement", key="agreement_id")
class AgreementReviewed(AgreementFact):
    """Both quality units looked at a quality agreement again (EU GMP 7.7; ICH Q10 2.7)."""

    changes: str | None
    """What is to be changed; None: nothing."""
    reviewed_on: Day
    review_due_on: Day
    """By when they look at it again."""


@fact("io.entente.AgreementNoticeGiven.v1", topic="contracting.agreement", key="agreement_id")
class AgreementNoticeGiven(AgreementFact):
    """A side gave notice."""

    given_side: Holder
    """Which side gave it."""
    received_on: Day
    """On which day the other side received it, from which the days are counted."""
    ends_on: Day
    """The last day on which it holds."""
    reason: str
    cause_clause: str | None
    """The clause by which it was given for cause."""


@fact("io.entente.AgreementExpiring.v1", topic="contracting.agreement", key="agreement_id")
class AgreementExpiring(AgreementFact):
    """Its last day, or the last one on which a notice keeps it from going on by itself, is so many days ahead."""

    decide_by: Day
    """That day."""
    days_ahead: int
    """180, 90 or 30: the warning that became due."""
    goes_on: bool
    """Whether it goes on by itself where nobody gives notice by then."""


@fact("io.entente.AgreementExpired.v1", topic="contracting.agreement", key="agreement_id")
class AgreementExpired(AgreementFact):
    """Its last day is over. What began before stays with it, and so do the clauses that survive."""

    ended_on: Day
    """The last day on which it held."""
    surviving: tuple[str, ...]
    """What goes on to hold, such as confidentiality."""


@fact("io.entente.AgreementTerminated.v1", topic="contracting.agreement", key="agreement_id")
class AgreementTerminated(AgreementFact):
    """It ended by a notice, or as both sides agreed. What began before stays with it."""

    ended_on: Day
    """The last day on which it held."""
    ending: AgreementEnd
    """Why it ended."""
    surviving: tuple[str, ...]
    """What goes on to hold, such as confidentiality."""


@fact("io.entente.contracting.BallHeld.v1", topic="contracting.ball", key="subject_id")
class ContractingBallHeld(BallHeld):
    """An agreement, or something of it, waits for somebody."""
