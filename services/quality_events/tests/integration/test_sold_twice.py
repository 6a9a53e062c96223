"""A site is sold more than once: whose a batch, and each of its stages, is does not hang on what is told first."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sites import SiteTransferred
from tests.releasing import readiness
from tests.world import handled, number_of


def sale(known: Any, seller: UUID, buyer: UUID, on: str) -> SiteTransferred:
    when: dict[str, Any] = dict.fromkeys(("effective_at", "occurred_at"), f"{on}T00:00:00Z") | {"effective_on": on}
    whose: dict[str, Any] = {"site_id": known.site, "from_partner_id": seller, "partner_id": buyer}
    return SiteTransferred(**whose, **when, number=number_of("S", known.site))


@pytest.fixture
def tell(bus: Any, database: Any) -> Any:
    """Tell a fact, and give whose the batch of a lot is then, and its parties."""

    async def run(fact: Any, lot: Any, sequence: str) -> Any:
        await handled(bus, database, fact, sequence=sequence)
        row = await database.fetchrow("SELECT partner_id, parties FROM batch WHERE lot_id = $1", lot.id)
        return row and (row["partner_id"], row["parties"])

    return run


async def test_who_owned_a_site_before_a_batch_was_begun_is_no_party(known: Any, tell: Any) -> None:
    a, b, lot = known.maker, uuid4(), known.lot()
    await tell(known.start(lot, on="2024-03"), lot, "1")
    for at, each in enumerate((sale(known, a, b, "2020-01-10"), sale(known, b, a, "2022-01-10")), 2):
        assert await tell(each, lot, str(at)) == (a, [a])


async def test_a_buyers_start_that_is_told_before_the_sale_is_its_own(known: Any, tell: Any) -> None:
    a, b = known.maker, uuid4()
    lot = known.lot().model_copy(update={"partner_id": b})
    await tell(sale(known, uuid4(), a, "2015-01-01"), lot, "1")
    assert await tell(known.start(lot).model_copy(update={"parties": (b,)}), lot, "2") == (b, [b])
    assert await tell(sale(known, a, b, "2018-10-25"), lot, "3") == (b, [b])


async def test_of_three_owners_each_keeps_what_was_and_the_last_reads_of_its_own_stage_and_states_that_alone(
    known: Any, service: Any, database: Any, tell: Any
) -> None:
    a, b, c, lot = known.maker, uuid4(), uuid4(), known.lot()
    await tell(known.start(lot), lot, "1")
    id = str(await database.fetchval("SELECT id FROM batch WHERE lot_id = $1", lot.id))
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    stages = {"granulation": ("2018-11-05", a), "compression": ("2018-11-27", b), "coating": ("2018-12-27", c)}
    sales = [None, sale(known, a, b, "2018-11-25"), sale(known, b, c, "2018-12-25")]
    clients = {each: service.as_("partner_quality", partner_id=each, subject="eva") for each in (a, b, c)}
    for at, (sold, (step, (on, owner))) in enumerate(zip(sales, stages.items(), strict=True), 2):
        if sold:
            await tell(sold, lot, str(at))
        await clients[owner].done(f"/batches/{id}/stage", {"step": step, "started_at": on, "ended_at": on})
    why = (await readiness(clients[c], id, "US"))["by_name"]["site_qualified"]["why"]
    assert [f"{step} (" in why for step in stages] == [False, False, True], why
    for made, owner in enumerate((a, b), 1):
        assert (await clients[owner].get(f"/batches/{id}/readiness")).status_code == 404
        (kept,) = (await clients[owner].get("/former-batches", params={"batch_id": id})).json()["items"]
        assert [each["step"] for each in kept["as_it_was"]["stages"]] == list(stages)[:made]
    assert await tell(sale(known, c, a, "2019-01-25"), lot, "5") == (a, [a])
    for step, status in (("granulation", 200), ("coating", 409)):
        anew = {"step": step, "started_at": stages[step][0], "ended_at": "2018-12-29"}
        answer = await clients[a].post(f"/batches/{id}/stage", json=anew)
        assert answer.status_code == status, answer.text


async def test_an_alarm_that_the_seller_keeps_does_not_keep_a_batch_from_coming_back(
    bus: Any, known: Any, service: Any, found: Any, tell: Any
) -> None:
    a, b, lot, other = known.maker, uuid4(), known.lot(), known.lot()
    await bus.publish(known.start(lot), known.start(other))
    await found("batches", lot=other.number, state="in_process")
    source = known.alarm(lot).source

    def revision(of: Any, at: int) -> Any:
        return known.alarm(of).model_copy(update={"source": source.model_copy(update={"revision": at})})

    await tell(revision(lot, 1), lot, "2")
    alarm = await found("process-excursions", lot=lot.number)
    async with service.as_("partner_quality", partner_id=a, subject="ana") as ana:
        said = {"outcome": "no_impact", "reason": "an empty belt", "source_revision": 1}
        await ana.done(f"/process-excursions/{alarm['id']}/decision", said)
    await tell(revision(other, 2), lot, "3")
    assert await tell(sale(known, a, b, "2018-11-25"), lot, "4") == (b, [b])
    await tell(revision(lot, 3), lot, "5")
    new = await found("process-excursions", lot=lot.number, state="open")
    assert (new["partner_id"], new["id"] != alarm["id"]) == (str(b), True), "what the seller decided it keeps"
    assert await tell(sale(known, b, a, "2018-12-25"), lot, "6") == (a, [a])
    await found("batches", lot=other.number, partner_id=a)
    await tell(revision(lot, 4), lot, "7")
    read = (await service.client.get("/process-excursions", params={"lot": lot.number})).json()["items"]
    states = {each["id"]: (each["partner_id"], each["state"], each["source_revision"]) for each in read}
    assert states == {alarm["id"]: (str(a), "withdrawn", 1), new["id"]: (str(a), "open", 4)}
