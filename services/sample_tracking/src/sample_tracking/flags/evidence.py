"""What is known of how a result came about, by which it is flagged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from contracts.partner_feeds import Provenance, TestStage
from contracts.sample_tracking import Evaluation

NOTHING_SAID: Final = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is known of how a result came about."""

    id: UUID
    set_id: UUID
    lot_id: UUID
    lot_number: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    """Whose the site was: a buyer's results are not held against a seller's, which it must not see."""
    material: str
    test: str
    """As quality read it, else as it was reported."""
    stage: TestStage
    pull: str | None = None
    """Of a stability study; each is a series of its own."""
    value: Decimal | None = None
    qualified: bool = False
    unit: str
    occurred_at: str
    evaluation: Evaluation
    reported_at: datetime
    by_hand: bool = False
    amends: bool = False
    """A person corrected by it what was entered before: that is what was entered late or in time."""
    provenance: Provenance = NOTHING_SAID
    record: str | None = None
    """Which record of its source it is a revision of."""
    edits_reviewed: bool = False
    """It stands in the place of a revision that was reviewed or approved."""
    entered_before: datetime | None = None
    """When the revision was entered in whose place it stands."""
    units: Sequence[Decimal] = ()
    units_before: Sequence[Sequence[Decimal]] = ()
    """Those of each revision before that was the stage of a test which asks for further ones."""
    stated_before: Collection[str] = ()
    """What revisions before said of how it came about."""
    raw_data_since: datetime | None = None
    """Since when its laboratory states the raw data of this test."""
    contradicted: Decimal | None = None
    """Its value, where the units that were reported with it give another one by a limit by which it is judged."""
    lot_started_on: date | None = None
    lot_expires: str | None = None

    @property
    def laboratory(self) -> tuple[UUID, UUID]:
        """The site, and whose it was."""
        return self.laboratory_site_id, self.laboratory_partner_id
