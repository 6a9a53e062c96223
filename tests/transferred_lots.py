"""What was told of one lot, as it is kept, for tests of the rules."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from contracts import Fact, Lot
from contracts.batches import BatchTerminated
from contracts.dispositions import BatchRejected, Decision
from contracts.quality_events import DeviationRaised, OosConclusion
from tech_transfer.transfer_batches.evidence import LotFact, is_kept, row_of
from tech_transfer.transfer_batches.known import Told
from tests import qualifying_batches as facts
from tests.qualifying_batches import BEGAN


def told_of(given: list[Fact]) -> list[Told]:
    """Facts, one after another, as the consumer keeps them."""
    kept = [each for each in facts.recorded(given) if is_kept(each.fact)]
    return [LotFact(**row_of(each) | {"id": each.id}).told for each in kept]


class Telling:
    """Tells facts of a lot, each one later than those before it."""

    def __init__(self, number: str = "L1", day: int = 0) -> None:
        site = uuid4()
        id = Lot.identify(site, "TAB", number)
        self.lot = Lot(id=id, number=number, material="TAB", site_id=site, partner_id=uuid4())
        self.facts: list[Fact] = []
        self._day = day

    @property
    def told(self) -> list[Told]:
        """All that was told."""
        return told_of(self.facts)

    def started(self) -> None:
        """Its making began."""
        self.facts.append(facts.started(self.lot, self._day))

    def released(self) -> None:
        """It was released."""
        self.facts.append(facts.released(self.lot))

    def rejected(self) -> None:
        """It was rejected, in the place of any release."""
        decided = facts.released(self.lot).model_dump() | {"decision": Decision.rejected}
        self.facts.append(BatchRejected.model_validate(decided))

    def terminated(self) -> None:
        """Its making was given up."""
        self.facts.append(BatchTerminated(reason="r", **facts.about(self.lot)))

    def result(self, value: str, test: str = "Assay", *, approved: bool = True, **more: Any) -> UUID:
        """A result, approved unless it is said not to be."""
        id, told = facts.result(self.lot, value, test, **more)
        self.facts += told if approved else told[:1]
        return id

    def oos(self, result_id: UUID, *steps: OosConclusion | None, **more: str) -> None:
        """An investigation opens; each step is a conclusion, or with None that it is opened once more."""
        self.facts += facts.investigated(self.lot, result_id, *steps, **more)

    def deviation(self, then: type[Fact] | None = None, **more: Any) -> None:
        """A deviation of the lot is raised, or what ``then`` says happens to it."""
        of_it: dict[str, Any] = {
            **{"deviation_id": uuid5(self.lot.id, "deviation"), "number": "DEV-1", "site_id": self.lot.site_id},
            **{"partner_id": self.lot.partner_id, "partner_aware_at": BEGAN, "occurred_at": BEGAN},
        }
        raised = {"title": "t", "category": "c", "lots": [self.lot], "sponsor_aware_at": BEGAN}
        raised |= {"due_at": BEGAN + timedelta(days=30)}
        model = then or DeviationRaised
        self.facts.append(model.model_validate(of_it | (raised if then is None else {}) | more))
