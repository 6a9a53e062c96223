"""What is recorded of a lot is whose who made it, in any order: a seller's what it made, a buyer's what it makes."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.batches import BatchTerminated
from contracts.partner_registry import PartnerKind, PartnerRegistered
from contracts.quality_events import BatchManufactured, BatchStarted
from contracts.sample_tracking import ResultsReported
from contracts.sites import SiteTransferred
from runtime.database import Context
from runtime.principal import worker
from sample_tracking.lots import whose
from tests.world import site_registered

from .certifying import PATH as CERTIFICATES
from .certifying import certifying
from .test_entries import entry
from .test_orders import NOT_YET, ordering
from .test_orders import PATH as ORDERS
from .test_partners_line import result as result_of
from .test_partners_line import set_of
from .test_transcriptions import ASSAY, paper

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
        return Lot(**self.lot.model_dump() | {"partner_id": partner_id})

    @staticmethod
    def names(ended: date | None) -> Sequence[str]:
        """Of the facts."""
        return ("start", "sale", "results", *(["ended"] if ended else []))

    def facts(self, ended: date | None, *, given_up: bool = False) -> dict[str, Any]:
        """What is told: batches are named as they were when that was told, results by a laboratory whose
        feed knows the wrong owner of the site."""
        about: dict[str, Any] = {"batch_id": self.lot.id, "lot": self.of(self.seller)}
        believed = self.buyer if ended == BEFORE else self.seller
        whose = {"site_id": self.known.site, "from_partner_id": self.seller, "partner_id": self.buyer, "number": "S-1"}
        when = dict.fromkeys(("effective_at", "occurred_at"), "2018-11-24T23:00:00Z")
        end: dict[str, Any] = (
            {"ended": BatchManufactured(completed_at=ended, occurred_at=ended, **about)} if ended else {}
        )
        if given_up:
            end = {"ended": BatchTerminated(occurred_at=f"{ended}T10:00:00Z", reason="spilt", **about)}
        return end | {
            "start": BatchStarted(occurred_at=date(2018, 10, 5), **about),
            "sale": SiteTransferred.model_validate(whose | when | {"effective_on": "2018-11-25"}),
            "results": self.known.report("1.5", self.of(believed), test="water", parties=()),
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


@pytest.mark.parametrize("reported", [(), ("start", "ended")], ids=["sale alone", "all"])
async def test_who_sold_the_site_keeps_what_a_person_records_and_orders_of_what_it_made(
    selling: Any, tracking: Any, bus: Any, database: Any, ordering: Any, known: Any, eventually: Any, reported: Any
) -> None:
    site = Sold(tracking, known)
    facts = site.facts(BEFORE)
    await told(bus, database, [facts[name] for name in ("sale", *reported)])
    if reported:
        await settled(bus, database, {site.lot.id: site.seller})
    else:
        owned = "SELECT partner_id FROM known_site WHERE id = $1"
        assert await database.fetchval(owned, known.site) == site.buyer
    paths = await recorded(site, ordering)
    if not reported:
        found = [(await ordering.lab.get(path)).json()["partner_id"] for path in paths]
        assert found == [str(site.buyer)] * 4, "as long as nobody told when it was made"
        await told(bus, database, [facts["start"], facts["ended"]])
        await settled(bus, database, {site.lot.id: site.seller})
    for path in paths:
        assert (await ordering.lab.get(path)).json()["partner_id"] == str(site.seller), path
        order = path.startswith(ORDERS)  # who made the lot reads none
        answers = [(await each.get(path)).status_code for each in (site.ana, site.eva)]
        assert answers == [404 if order else 200, 404], path
        assert (await site.eva.get(f"{path}/history")).status_code == 404, path
    told_last = (await bus.told(ResultsReported, lot=site.lot))[-1]
    assert told_last.lot.partner_id == site.seller, "and whoever hears of results hears of it"


async def recorded(site: Sold, ordering: Any) -> list[str]:
    """The paths of an order, a result, its set and a paper of the lot, as the sponsor's people record them."""
    order = await ordering.draft(site.lot, "assay")
    path = f"{ORDERS}/{order['id']}"
    await ordering.sponsor.done(f"{path}/issue", NOT_YET)
    await ordering.bench.done(f"{path}/acceptance")
    body = entry(site.known)
    body["lot"] |= {"number": site.lot.number}
    result = await ordering.lab.done("/results", body)
    typed = await ordering.lab.done("/transcriptions", paper(body, ASSAY))
    return [path, f"/results/{result['id']}", f"/result-sets/{result['set_id']}", f"/transcriptions/{typed['id']}"]


async def test_each_owner_enters_results_of_what_it_made_alone(
    selling: Any, tracking: Any, bus: Any, database: Any, partners_login: Any
) -> None:
    sold, kept = [await selling(1) for _ in range(2)]
    (site,), (bench,) = sold, kept
    # The seller has a site of its own still, where it tests; the buyer tests at the one that it bought.
    await told(bus, database, [site_registered(bench.known.laboratory_site, site.seller)])
    facts = site.facts(BEFORE)
    await told(bus, database, [facts[name] for name in ("sale", "start", "ended")])
    await settled(bus, database, {site.lot.id: site.seller})
    old, new = entry(site.known), entry(site.known)
    old["lot"] |= {"number": site.lot.number}
    at_the_sellers = {"laboratory_site_id": str(bench.known.laboratory_site)}
    at_the_buyers = {"laboratory_site_id": str(site.known.site)}
    entered = await site.ana.done("/results", old | at_the_sellers)
    assert entered["partner_id"] == str(site.seller)
    refused = await site.eva.post("/results", json=old | at_the_buyers)
    assert refused.status_code == 404, "it knows of no such lot"
    assert (await site.ana.post("/results", json=new | at_the_sellers)).status_code == 404
    made = await site.eva.done("/results", new | at_the_buyers)
    assert made["partner_id"] == str(site.buyer)
    for who, place, answer in (
        (site.seller, bench.known.laboratory_site, "INSERT 0 1"),
        (site.buyer, site.known.site, "refused"),
    ):
        row = {"partner_id": who, "parties": [who], "laboratory_site_id": place, "laboratory_partner_id": who}
        async with partners_login("sample_tracking", who) as partner:
            assert await partner.insert("result_set", set_of(site.known, site.lot, **row)) == answer
            assert await partner.insert("result", result_of(site.known, site.lot, **row)) == answer
            read = await partner.connection.fetchval("SELECT maker_id FROM makers_of_lots($1)", [site.lot.id])
            assert read == (who if who == site.seller else None)


async def test_a_certificate_that_names_another_maker_is_not_issued_and_one_that_was_says_so(
    tracking: Any, bus: Any, database: Any, certifying: Any, known: Any
) -> None:
    site = Sold(tracking, known)
    name: dict[str, Any] = {"legal_name": "Buyer", "kind": PartnerKind.cmo, "country": "AT"}
    buyer = PartnerRegistered(partner_id=site.buyer, number="P-9", occurred_at=BEFORE, **name)
    site.lot, certifying.lot = certifying.lot, certifying.lot.model_copy(update={"partner_id": site.buyer})
    await told(bus, database, [buyer, (facts := site.facts(BEFORE))["sale"]])
    await certifying.found("99.1", 1, approve=True)
    issued = await certifying.draft()
    issued = await certifying.laboratory.done(f"{CERTIFICATES}/{issued['id']}/issue")
    draft = await certifying.draft()
    assert [issued["manufacturer"].startswith("Buyer, "), issued["changed"]] == [True, []]
    await told(bus, database, [facts["start"], facts["ended"]])
    await settled(bus, database, {site.lot.id: site.seller})
    refused = await certifying.laboratory.post(f"{CERTIFICATES}/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["manufacturer"]), refused.text
    for each in (issued, draft):
        assert await certifying.is_changed(each) == ["manufacturer"]
        answers = [(await one.get(f"{CERTIFICATES}/{each['id']}")).status_code for one in (site.ana, site.eva)]
        assert answers == [200, 404]
    signed = (await tracking.client.get(f"{CERTIFICATES}/{issued['id']}")).json()
    assert [one["holds"] for one in signed["signatures"]] == [True], "it says what was signed"
    await tracking.client.done(f"{CERTIFICATES}/{draft['id']}/withdrawal", {"reason": "it names the buyer"})
    anew = await certifying.draft()
    anew = await certifying.laboratory.done(f"{CERTIFICATES}/{anew['id']}/issue")
    assert anew["manufacturer"].startswith("Maker, ")
    assert (anew["partner_id"], anew["changed"]) == (str(site.seller), [])


async def test_after_an_upgrade_records_go_to_who_made_the_lot_once_all_was_read(
    selling: Any, tracking: Any, bus: Any, database: Any, results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reading(*_: Any, **__: Any) -> list[str]:
        return ["partner-registry.site"]

    (site,) = await selling(1)
    facts = site.facts(BEFORE, given_up=True)
    with monkeypatch.context() as upgrade:
        upgrade.setattr(whose, "unread", reading)
        await told(bus, database, [facts[name] for name in ("results", "start", "ended", "sale")])
        (found,) = await results(site.lot, 1)
        await _settle(tracking)
        assert found["partner_id"] == str(site.buyer), "by what is read so far nobody loses what it reads"
    await _settle(tracking)
    (found,) = await results(site.lot, 1)
    assert found["partner_id"] == str(site.seller)


async def _settle(tracking: Any) -> None:
    async with tracking.app.state.store.work(Context(worker("sample-tracking"))) as work:
        await whose.timer.run(work)
