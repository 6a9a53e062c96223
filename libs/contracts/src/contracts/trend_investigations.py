"""Facts of quality_events about investigations of results that are out of trend: no OOS, and in no rate of one."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import DueAt, HappenedAt
from contracts.partner_feeds import TestStage
from contracts.vocabulary import Lot


class OotConclusion(StrEnum):
    """What an investigation of a result that is out of trend found."""

    explained = "explained"
    """It has a cause, which is shown."""
    no_assignable_cause = "no_assignable_cause"
    """It was looked for, and none was found: the result stands as it is."""


class OotFact(Fact):
    """What every fact about one investigation carries."""

    oot_investigation_id: UUID
    number: str
    result_id: UUID
    batch_id: UUID | None
    lot: Lot
    test: str
    stage: TestStage
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    aware_at: HappenedAt
    """When it was known that the result is out of trend: the clock's start."""


@fact("io.entente.OotOpened.v1", topic="quality-events.oot-investigation", key="oot_investigation_id")
class OotOpened(OotFact):
    """A result that is out of trend is being investigated.

    Told again, with a higher sequence, where its batch, its product or its due date becomes known, and where a result
    that was in trend for a while is out of it once more.
    """

    due_at: DueAt


@fact("io.entente.OotWithdrawn.v1", topic="quality-events.oot-investigation", key="oot_investigation_id")
class OotWithdrawn(OotFact):
    """There is nothing to investigate, by what is known now: it is not out of trend, or it is investigated as OOS."""

    reason: str


@fact("io.entente.OotConcluded.v1", topic="quality-events.oot-investigation", key="oot_investigation_id")
class OotConcluded(OotFact):
    """The investigation reached its conclusion. Told again where the lot's batch or product becomes known later."""

    conclusion: OotConclusion
    cause: str | None = None
    deviation_id: UUID | None = None
    """The deviation that was raised of it, where one was."""
