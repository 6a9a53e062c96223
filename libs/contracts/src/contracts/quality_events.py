"""Facts of quality_events: what happened to a batch, and what was done about it."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import DayOrMonth, DueAt, HappenedAt, Moment
from contracts.turns import BallHeld
from contracts.vocabulary import Classification, Lot, Quantity


@fact("io.entente.BatchStarted.v1", topic="quality-events.batch", key="batch_id")
class BatchStarted(Fact):
    """The making of a batch began."""

    batch_id: UUID
    lot: Lot
    planned_quantity: Quantity | None = None


@fact("io.entente.BatchManufactured.v1", topic="quality-events.batch", key="batch_id")
class BatchManufactured(Fact):
    """A batch is made; it is not released by this."""

    batch_id: UUID
    lot: Lot
    completed_at: Moment | None = None
    actual_quantity: Quantity | None = None
    yield_percent: Decimal | None = None
    expiry_date: DayOrMonth | None = None
    """As its maker stated it; where that is later than the completion, the fact is told again."""
    aliases: tuple[str, ...] = ()
    """Other numbers of the same goods; where they are stated after the completion, the fact is told again."""


class DeviationFact(Fact):
    """What every fact about one deviation carries."""

    deviation_id: UUID
    number: str
    site_id: UUID
    partner_id: UUID
    product_id: UUID | None = None
    """The product of its batches, where they all are of one."""
    batch_ids: tuple[UUID, ...] = ()
    partner_aware_at: HappenedAt
    """When the partner knew: the clocks' start."""
    historic: bool = False
    """From a feed that was loading its past: no clock runs that nobody could have kept, and none is measured."""


@fact("io.entente.DeviationRaised.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationRaised(DeviationFact):
    """A departure from an approved procedure was recorded (EU GMP 1.8 xiv)."""

    title: str
    category: str
    lots: tuple[Lot, ...] = ()
    proposed_classification: Classification | None = None
    sponsor_aware_at: HappenedAt
    due_at: DueAt


@fact("io.entente.DeviationAmended.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationAmended(DeviationFact):
    """The partner corrected its report of an open deviation: what it says now, with the lots that it concerns now.

    ``occurred_at`` is when the sponsor was told of the correction.
    """

    title: str
    category: str
    lots: tuple[Lot, ...] = ()
    classification: Classification | None = None
    """The current one; none before the sponsor set it."""
    departure_occurred_at: Moment | None = None
    """When the departure occurred, as the report says now. None in facts from before this was told."""
    sponsor_aware_at: HappenedAt | None = None
    """As in DeviationRaised: an amendment does not move it. None in facts from before this was told."""
    due_at: DueAt | None = None
    """An awareness earlier than was reported first moves it. None in facts from before this was told."""


@fact("io.entente.DeviationLinked.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationLinked(DeviationFact):
    """What it concerns became known after it was recorded: a lot's batch or product, or the site's time zone.

    Said of a deviation in any state, also of one that has ended: what it says of itself is the same as before.
    """

    lots: tuple[Lot, ...] = ()
    classification: Classification | None = None
    """The current one; none before the sponsor set it."""
    departure_occurred_at: Moment
    sponsor_aware_at: HappenedAt
    due_at: DueAt
    closed_at: HappenedAt | None = None
    cancelled: bool = False


@fact("io.entente.DeviationClassified.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationClassified(DeviationFact):
    """The sponsor set, or with a reason changed, how serious the deviation is."""

    classification: Classification
    before: Classification | None = None
    reason: str | None = None


@fact("io.entente.DeviationAcknowledged.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationAcknowledged(DeviationFact):
    """The sponsor confirmed that it was told."""

    sponsor_aware_at: HappenedAt


@fact("io.entente.DeviationOverdue.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationOverdue(DeviationFact):
    """An open deviation passed its due date; told once per due date."""

    due_at: DueAt


class Recurrence(StrEnum):
    """What follows from a deviation that came before (ICH Q10 3.2.2)."""

    proposes_capa = "proposes_capa"
    """The second of a kind."""
    escalates = "escalates"
    """The third and each later one is for the sponsor's management."""


@fact("io.entente.DeviationClosed.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationClosed(DeviationFact):
    """Investigated, approved and closed."""

    classification: Classification
    first_due_at: DueAt
    root_cause_category: str | None = None
    """None where a minor one was closed without, and in facts from before this was told, as the next ones."""
    recurrence: Recurrence | None = None
    """What follows, by the day on which it was closed. None of the first of its kind."""
    recurrence_of: tuple[str, ...] = ()
    """The numbers of earlier ones of its partner with the same site, category and root cause category."""


@fact("io.entente.DeviationCancelled.v1", topic="quality-events.deviation", key="deviation_id")
class DeviationCancelled(DeviationFact):
    """Approved as no deviation after all; the record stays, and what was counted is reversed."""

    reason: str


class OosConclusion(StrEnum):
    """What an investigation found (FDA OOS guidance, 2022)."""

    confirmed = "confirmed"
    invalidated = "invalidated"
    inconclusive = "inconclusive"


class OosFact(Fact):
    """What every fact about one OOS investigation carries."""

    investigation_id: UUID
    number: str
    result_id: UUID
    batch_id: UUID | None
    lot: Lot
    test: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    opened_at: HappenedAt
    historic: bool = False
    """Of a result from a feed that was loading its past: no clock runs, and none is measured."""


@fact("io.entente.OosOpened.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosOpened(OosFact):
    """An out-of-specification result is being investigated."""

    due_at: DueAt


@fact("io.entente.OosNotified.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosNotified(OosFact):
    """The sponsor was told of the out-of-specification result."""

    notified_at: HappenedAt


@fact("io.entente.OosInvalidationProposed.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosInvalidationProposed(OosFact):
    """The laboratory proposes that its result is invalid; a quality unit has to decide (FDA OOS guidance, 2022)."""

    cause: str
    evidence_digest: str | None = None
    """SHA-256 of the document that shows it, in hexadecimal. None where it is shown by words alone."""


@fact("io.entente.OosLinked.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosLinked(OosFact):
    """What it concerns became known after it was opened: the lot's batch or product, or the site's time zone."""

    due_at: DueAt
    conclusion: OosConclusion | None = None
    concluded_at: HappenedAt | None = None


@fact("io.entente.OosConcluded.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosConcluded(OosFact):
    """The investigation reached its conclusion."""

    conclusion: OosConclusion
    cause: str | None = None


@fact("io.entente.OosReopened.v1", topic="quality-events.oos-investigation", key="investigation_id")
class OosReopened(OosFact):
    """There is new evidence: what was concluded does not stand any more, and phase 2 goes on."""

    before: OosConclusion
    reason: str
    evidence: str
    due_at: DueAt


class CapaFact(Fact):
    """What every fact about one corrective and preventive action carries."""

    capa_id: UUID
    number: str
    source_type: str
    """``deviation``, ``oos``, ``finding``, ``complaint``, ``change``, ``recall``, ``manual``, and further words as
    further records open CAPAs."""
    source_id: UUID
    """Of the record that it was opened for; of one opened by hand an id that its generations share."""
    generation: int
    """The first is 1; one that had no effect is followed by the next of the same source."""
    site_id: UUID | None
    partner_id: UUID | None
    """None where it is the sponsor's own."""
    product_id: UUID | None = None
    first_due_at: DueAt | None = None
    """As the plan had it: what is measured. None before there is a plan."""
    due_at: DueAt | None = None
    implemented_at: HappenedAt | None = None
    check_due_at: DueAt | None = None
    effective: bool | None = None


@fact("io.entente.CapaOpened.v1", topic="quality-events.capa", key="capa_id")
class CapaOpened(CapaFact):
    """A cause is to be taken away, so that what it led to does not come back (ICH Q10 3.2.2)."""


@fact("io.entente.CapaPlanned.v1", topic="quality-events.capa", key="capa_id")
class CapaPlanned(CapaFact):
    """Quality approved who does what until when, and by what it will show that it worked."""


@fact("io.entente.CapaImplemented.v1", topic="quality-events.capa", key="capa_id")
class CapaImplemented(CapaFact):
    """Every action is done; from now on it shows whether they work."""


@fact("io.entente.CapaOverdue.v1", topic="quality-events.capa", key="capa_id")
class CapaOverdue(CapaFact):
    """A due date passed, which is ``occurred_at``: of an action, of the whole, or once implemented of its check.

    Told once per due date.
    """

    actions: tuple[int, ...] = ()
    """Which actions were due then and are not done, counted from 1; none where the whole was due, or its check."""


@fact("io.entente.CapaClosed.v1", topic="quality-events.capa", key="capa_id")
class CapaClosed(CapaFact):
    """The effectiveness check decided. One that had no effect is followed by a ``CapaOpened`` (ICH Q10 3.2.2)."""

    escalate: bool = False
    """The third generation, or a later one, had no effect: this is no longer for those who tried."""


@fact("io.entente.CapaCancelled.v1", topic="quality-events.capa", key="capa_id")
class CapaCancelled(CapaFact):
    """Quality decided that it is not needed after all; the record stays."""

    reason: str


@fact("io.entente.quality-events.BallHeld.v1", topic="quality-events.ball", key="subject_id")
class QualityEventsBallHeld(BallHeld):
    """A deviation, an OOS investigation, a CAPA, a change, an audit, a finding or a complaint waits for somebody."""
