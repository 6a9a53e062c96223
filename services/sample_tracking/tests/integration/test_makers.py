"""What is recorded of a lot is whose who made it: a seller's what it made, and a buyer's what it makes, in any order."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.batches import BatchTerminated
from contracts.quality_events import BatchManufactured, BatchStarted
from contracts.sample_tracking import ResultsReported
from contracts.sites import SiteTransferred

from .certifying import PATH as CERTIFICATES
from .certifying import certifying
from .test_entries import entry
from .test_orders import NOT_YET, ordering
from .test_orders import PATH as ORDERS

__all__ = ["certifying", "ordering"]

BEFORE, AFTER = date(2018, 11, 10), date(2018, 11, 28)
COLLECTIONS = ("results", "result-sets", "transcriptions")


class Sold:
    """A site that is sold, a lot of it, and both owners' people."""

    def __init__(self, tracking: Any, known: Any) -> None:
        self.tracking, self.known = tracking, known
        self.lot, self.seller, self.buyer = known.lot(), known.maker, uuid4()
        self.ana, self.eva = (self._quality(each) for each in (self.seller, self.buyer))

    def _quality(self, partner_id: UUID) -> Any:
        return self.tracking.as_("partner_quality", "partner_lab", partner_id=partner_id, subject=f"q{partner_id}")

    def of(self, partner_id: UUID) -> Lot:
        """The lot as who believes that it is a partner's names it."""
        return self.lot.model_copy(update={"partner_id": partner_id})

    @staticmethod
    def names(ended: date | None) -> Sequence[str]:
        """Of the facts."""
        return ("start", "sale", "results", *(["ended"] if ended else []))

    def facts(self, ended: date | None, *, given_up: bool = False) -> dict[str, Any]:
        """What is told: batches are named as they were when that was told, results by a laboratory that knows but one
        owner of the site."""
        about: dict[str, Any] = {"batch_id": self.lot.id, "lot": self.of(self.seller)}
        whose = {"site_id": self.known.site, "from_partner_id": self.seller, "partner_id": self.buyer, "number": "S-1"}
        when = dict.fromkeys(("effective_at", "occurred_at"), "2018-11-24T23:00:00Z")
        end: dict[str, Any] = (
            {"ended": BatchManufactured(completed_at=ended, occurred_at=ended, **about)} if ended else {}
        )
        if given_up:
            end = {"ended": BatchTerminated(occurred_at=f"{ended}T10:00:00Z", reason="spilt", **about)}
        return end | {
            "start": BatchStarted(occurred_at=date(2018, 11, 5), **about),
            "sale": SiteTransferred.model_validate(whose | when | {"effective_on": "2018-11-25"}),
            "results": self.known.report("1.5", self.of(self.buyer), test="water", parties=()),
        }

    async def read_by(self, reader: Any) -> list[int]:
        """How many of its records somebody reads."""
        of_it = {"lot_id": str(self.lot.id)}
        pages = [(await reader.get(f"/{each}", params=of_it)).json()["items"] for each in COLLECTIONS]
        alone = [(await reader.get(f"/results/{each['id']}")).status_code for each in pages[0]]
        assert set(alone) <= {200}
        whole = await reader.get(f"/lots/{self.lot.id}/results")
        assert whole.status_code == (200 if pages[0] else 404)
        return [len(each) for each in pages]


async def told(bus: Any, database: Any, facts: Sequence[Any]) -> None:
    """Tell facts, and wait until all are handled."""
    ids = [f"{id}" for id in await bus.publish(*facts)]

    async def handled() -> bool:
        of = "SELECT count(DISTINCT event_id) FROM inbox WHERE event_id = ANY ($1)"
        return bool(await database.fetchval(of, ids) == len(ids))

    await bus.eventually(handled)


async def settled(bus: Any, database: Any, makers: Mapping[UUID, UUID]) -> None:
    """Wait until the service knows whose lots are."""

    async def known() -> bool:
        rows = await database.fetch("SELECT lot_id, maker_id FROM known_lot WHERE lot_id = ANY ($1)", list(makers))
        return {row["lot_id"]: row["maker_id"] for row in rows} == makers

    await bus.eventually(known)


@pytest.fixture
def selling(tracking: Any, new_world: Any, bus: Any, database: Any) -> Any:
    """Makes sites that are to be sold, known to the service."""

    async def make(count: int) -> list[Sold]:
        worlds = [new_world() for _ in range(count)]
        await told(bus, database, [fact for each in worlds for fact in each.registered()])
        return [Sold(tracking, each) for each in worlds]

    return make


@pytest.mark.parametrize("ended", [BEFORE, AFTER, None], ids=["made before", "made after", "in the making"])
async def test_what_is_recorded_is_whose_who_made_the_lot_in_any_order(
    selling: Any, bus: Any, database: Any, results: Any, ended: Any
) -> None:
    orders = [*permutations(Sold.names(ended))]
    sites = await selling(len(orders))
    given = [[each.facts(ended)[name] for name in order] for each, order in zip(sites, orders, strict=True)]
    for nth in (*range(len(orders[0])), 0):
        await told(bus, database, [facts[nth] for facts in given])
    of_seller = ended == BEFORE
    await settled(bus, database, {each.lot.id: each.seller if of_seller else each.buyer for each in sites})
    for each, order in zip(sites, orders, strict=True):
        (found,) = await results(each.lot, 1)
        maker, other = (each.ana, each.eva) if of_seller else (each.eva, each.ana)
        assert found["partner_id"] == str(each.seller if of_seller else each.buyer), order
        assert await each.read_by(maker) == [1, 1, 0], order
        assert await each.read_by(other) == [0, 0, 0], order
