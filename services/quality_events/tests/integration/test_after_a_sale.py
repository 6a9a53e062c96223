"""A site was sold: who reads, holds, answers and reports what, of a batch that goes on and of one that was made."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.quality_events import BatchManufactured
from tests.releasing import decision, disposition, readiness, usual
from tests.world import handled

from .test_taken_over import RECORD, STAGES, sold, taken_over

HOLD = {"reason": "metal in the granulate", "markets": []}
DEVIATION = {"title": "glass", "description": "in a bottle", "category": "process"}
GRANULATION = {"step": "granulation", "equipment": ["P-1"]} | STAGES["granulation"]


@pytest.fixture
async def made_on(bus: Any, known: Any, service: Any, found: Any, database: Any) -> Any:
    """A batch that the seller began, and held, and the buyer goes on with: its path, the seller's hold, and both."""
    lot, buyer = known.lot(), uuid4()
    await handled(bus, database, *usual(known, "AT"), known.start(lot))
    id = (await found("batches", lot=lot.number, state="in_process"))["id"]
    ana = service.as_("partner_quality", partner_id=known.maker, subject="ana")
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["AT"]})
    await ana.done(f"/batches/{id}/stage", GRANULATION)

    async def sell(**how: Any) -> None:
        await bus.publish(sold(known, buyer, **how))
        await taken_over(found, lot, buyer)

    return id, lot, ana, eva, sell


async def test_the_seller_keeps_what_was_and_reads_nothing_that_comes_after(
    made_on: Any, bus: Any, known: Any, service: Any
) -> None:
    id, lot, ana, eva, sell = made_on
    path = f"/batches/{id}"
    await sell()
    await eva.done(f"{path}/stage", {"step": "coating", "started_at": "2018-11-29", "ended_at": "2018-12-01"})
    await eva.done(f"{path}/completion", {"completed_at": "2018-12-03", "yield_percent": "61.5"})
    await service.client.done("/batch-holds", HOLD | {"batch_id": id})
    for way in (path, f"{path}/history", f"{path}/readiness", f"{path}/genealogy"):
        assert (await ana.get(way)).status_code == 404, way
    for collection in ("batches", "batch-holds", "dispositions"):
        items = (await ana.get(f"/{collection}", params={"lot": lot.number})).json()["items"]
        assert items == [], collection
    (kept,) = (await ana.get("/former-batches", params={"number": lot.number})).json()["items"]
    assert (kept["batch_id"], kept["until"], kept["allowed"]) == (id, "2018-11-24T23:00:00Z", [])
    assert [each["step"] for each in kept["as_it_was"]["stages"]] == ["granulation"]
    assert (kept["as_it_was"]["completed_at"], kept["as_it_was"]["yield_percent"]) == (None, None)
    assert (await eva.get("/former-batches", params={"number": lot.number})).json()["items"] == []
    (made,) = await bus.told(BatchManufactured, batch_id=UUID(id))
    assert made.lot.partner_id != known.maker


async def test_what_the_seller_held_is_the_buyers_to_lift_and_it_holds_what_it_makes(
    made_on: Any, bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot, ana, eva, sell = made_on
    hold, lifted = [await ana.done("/batch-holds", HOLD | {"batch_id": id}) for _ in range(2)]
    await ana.done(f"/batch-holds/{lifted['id']}/lifting", {"reason": "it was another lot"})
    await bus.publish(known.alarm(lot))
    alarm = await found("process-excursions", lot=lot.number)
    await sell()
    own = await eva.done("/batch-holds", HOLD | {"batch_id": id})
    for each in (hold, own):
        told = await eva.done(f"/batch-holds/{each['id']}/lifting", {"reason": "it was sieved"})
        assert told["state"] == "lifted"
    (read,) = (await ana.get("/batch-holds", params={"batch_id": id})).json()["items"]
    assert (read["id"], read["batch"]["number"]) == (lifted["id"], lot.number), "what it lifted itself it keeps"
    decided = {"outcome": "no_impact", "reason": "an empty belt", "source_revision": alarm["source_revision"]}
    await eva.done(f"/process-excursions/{alarm['id']}/decision", decided)
    await bus.publish(known.alarm(lot, revision=2, text="another alarm"))
    again = await found("process-excursions", lot=lot.number, state="open")
    assert (again["id"], again["partner_id"]) == (alarm["id"], (await eva.get(f"/batches/{id}")).json()["partner_id"])


async def test_on_what_the_seller_keeps_nothing_is_done_any_more(made_on: Any, service: Any) -> None:
    id, _, ana, _, sell = made_on
    hold = await ana.done("/batch-holds", HOLD | {"batch_id": id})
    lifting, why = f"/batch-holds/{hold['id']}/lifting", {"reason": "it was another lot"}
    await ana.done(lifting, why)
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    rejected = await disposition(service.client, id, "US")
    await service.client.done(f"{rejected}/rejection", await decision(service.client, id, "US"))
    await sell()
    for path, body in ((lifting, why), (f"{rejected}/confirmation", {"stages": [], "deviations": []})):
        answer = await ana.post(path, json=body)
        assert (answer.status_code, "kept as it was" in answer.text) == (409, True), answer.text


async def test_who_succeeds_the_maker_by_law_corrects_and_confirms_what_it_made(made_on: Any, service: Any) -> None:
    id, _, _, eva, sell = made_on
    path = f"/batches/{id}"
    await sell(by_succession=True)
    successor = (await eva.get(path)).json()["partner_id"]
    bor = service.as_("partner_quality", partner_id=UUID(successor), subject="bor")
    await bor.done(f"{path}/stage", GRANULATION | {"ended_at": "2018-11-09"})
    await bor.done(f"{path}/stage", {"step": "coating", "started_at": "2018-11-29", "ended_at": "2018-12-01"})
    await bor.done(f"{path}/completion", {"completed_at": "2018-12-03"})
    await bor.done(f"{path}/record", RECORD)
    await eva.done(f"{path}/record-review", {"digest": RECORD["digest"]})
    (one,) = (await service.client.get("/dispositions", params={"batch_id": id})).json()["items"]
    await eva.done(f"/dispositions/{one['id']}/confirmation", {"stages": ["granulation", "coating"], "deviations": []})
    assert (await readiness(service.client, id, "AT"))["by_name"]["confirmations"]["verdict"] == "met"


async def test_what_the_buyer_worked_on_does_not_go_back_by_a_completion_that_is_told_from_before(
    made_on: Any, bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot, ana, eva, sell = made_on
    await sell()
    buyer = (await eva.get(f"/batches/{id}")).json()["partner_id"]
    await eva.done(f"/batches/{id}/stage", {"step": "coating", "started_at": "2018-11-29", "ended_at": "2018-12-01"})
    await bus.publish(known.completion(lot, on="2018-11-10", completed_at="2018-11-10"))
    assert (await found("batches", lot=lot.number, state="manufactured"))["partner_id"] == buyer
    await decision(service.client, id, "AT")
    assert [(await each.get(f"/batches/{id}")).status_code for each in (ana, eva)] == [404, 200]
    for reader in (service.client, eva):
        stands = (await readiness(reader, id, "AT"))["by_name"]["numbers_joined"]
        assert "after that worked on it" in stands["why"], stands
    assert (await readiness(service.client, id, "AT"))["by_name"]["numbers_joined"]["verdict"] == "unknown"


async def test_what_the_buyers_quality_said_of_what_was_made_before_stays_its_own_and_stands(
    made_on: Any, bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot, ana, eva, sell = made_on
    sellers = await ana.done("/batch-holds", HOLD | {"batch_id": id})
    await bus.publish(known.alarm(lot))
    alarm = await found("process-excursions", lot=lot.number)
    await sell()
    own, lifted = [await eva.done("/batch-holds", HOLD | {"batch_id": id, "reason": "my own"}) for _ in range(2)]
    await eva.done(f"/batch-holds/{lifted['id']}/lifting", {"reason": "it was another lot"})
    decided = {"outcome": "no_impact", "reason": "my own", "source_revision": alarm["source_revision"]}
    await eva.done(f"/process-excursions/{alarm['id']}/decision", decided)
    await bus.publish(known.completion(lot, on="2018-11-10", completed_at="2018-11-10"))
    await found("batches", lot=lot.number, partner_id=known.maker)
    read = {each["id"] for each in (await eva.get("/batch-holds", params={"batch_id": id})).json()["items"]}
    (kept,) = (await eva.get("/former-batches", params={"batch_id": id})).json()["items"]
    assert (read, kept["as_it_was"].keys()) == ({own["id"], lifted["id"]}, {"id", "number", "material"})
    theirs = [(await ana.get(f"/{each}", params={"batch_id": id})) for each in ("batch-holds", "process-excursions")]
    shown = [{each["id"]: each["state"] for each in answer.json()["items"]} for answer in theirs]
    assert shown == [{sellers["id"]: "open"}, {alarm["id"]: "open"}]
    told = [
        *theirs,
        await ana.get(f"/batches/{id}"),
        await ana.get(f"/batches/{id}/readiness", params={"market": "AT"}),
    ]
    assert [each for each in told if "my own" in each.text] == []
    await ana.done(f"/batch-holds/{sellers['id']}/lifting", {"reason": "it was sieved"})
    stands = (await readiness(ana, id, "AT"))["by_name"]["not_held"]
    assert stands["verdict"] == "not_met", "what the buyer held is held"
    await service.client.done(f"/batch-holds/{own['id']}/lifting", {"reason": "it was sieved"})
    assert (await readiness(ana, id, "AT"))["by_name"]["not_held"]["verdict"] == "met"


@pytest.fixture
async def made_before(bus: Any, known: Any, service: Any, found: Any, database: Any) -> Any:
    """A batch that the seller had made when it sold the site: its id and lot, the buyer, and people of both."""
    lot, buyer = known.lot(), uuid4()
    await bus.publish(known.start(lot), known.completion(lot, on="2018-11-10", completed_at="2018-11-10"))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await handled(bus, database, sold(known, buyer))
    ana = service.as_("partner_quality", partner_id=known.maker, subject="ana")
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")
    return id, lot, buyer, ana, eva


async def test_what_is_told_of_what_the_seller_had_made_is_the_sellers(
    made_before: Any, bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot, buyer, ana, eva = made_before
    as_of_the_buyer = lot.model_copy(update={"partner_id": buyer})
    await bus.publish(known.oos(as_of_the_buyer), known.oot(as_of_the_buyer))
    said = DEVIATION | {"site_id": str(known.site), "batch_ids": [id], "partner_aware_at": "2018-12-03T10:00:00Z"}
    by_hand = [await each.done("/deviations", said) for each in (service.client, ana)]
    told = [await found(each, lot=lot.number) for each in ("oos-investigations", "oot-investigations")]
    for kind, each in (("oos", told[0]), ("oot", told[1]), *(("dev", each) for each in by_hand)):
        path = "deviations" if kind == "dev" else f"{kind}-investigations"
        assert each["partner_id"] == str(known.maker), kind
        answers = [(await one.get(f"/{path}/{each['id']}")).status_code for one in (ana, eva)]
        assert answers == [200, 404], kind
    assert (await eva.post("/deviations", json=said)).status_code == 404, "it knows of no such batch"
    other = said | {"site_id": str(uuid4())}
    assert (await ana.post("/deviations", json=other)).status_code == 404


async def test_a_buyers_system_tells_the_seller_nothing_where_it_names_what_that_had_made(
    made_before: Any, bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, old, buyer, ana, eva = made_before
    await service.client.done(f"/batches/{id}/intent", {"markets": ["AT"]})
    own, as_told = (lot.model_copy(update={"partner_id": buyer}) for lot in (known.lot(), old))
    whose = {"partner_id": buyer, "parties": (buyer,)}
    await bus.publish(known.start(own, on="2018-12-10").model_copy(update={"parties": (buyer,)}))
    for revision, lots in enumerate(((as_told,), (as_told, own)), 1):
        told = known.deviation(*lots, record=f"{old.number}/film", revision=revision, title="a film")
        await bus.publish(told.model_copy(update=whose))
    deviation = await found("deviations", lot=own.number)
    assert (await ana.get(f"/deviations/{deviation['id']}")).status_code == 404
    for reader in (eva, service.client):
        read = (await reader.get(f"/deviations/{deviation['id']}")).json()
        assert {lot["number"]: lot["apart"] for lot in read["lots"]} == {old.number: True, own.number: False}
    for reader, named in ((service.client, True), (ana, False)):
        stands = (await readiness(reader, id, "AT"))["by_name"]["deviations_settled"]
        assert (stands["verdict"], deviation["number"] in str(stands)) == ("not_met", named)
        assert own.number not in str(stands)
