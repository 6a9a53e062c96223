"""Another number of the same goods is no batch of its own: what is told under it is told of the batch."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot, Quantity
from contracts.partner_feeds import MaterialLot
from tests.releasing import readiness, results_of, usual
from tests.world import handled

from .test_taken_over import sold as sale

EVENTS = ("deviations_settled", "oos_concluded", "excursions_decided")


def under(lot: Lot, number: str) -> Lot:
    """The same goods by another number."""
    return lot.model_copy(update={"id": Lot.identify(lot.site_id, lot.material, number), "number": number})


async def aliased(bus: Any, known: Any, service: Any, found: Any, *told_before: Any) -> tuple[str, Lot, Lot]:
    """A batch whose alias is stated when it is made, and its lot by both numbers."""
    lot = known.lot()
    other = under(lot, f"{lot.number}-ALT")
    await bus.publish(known.start(lot), known.completion(lot), *usual(known, "US"), *results_of(known, lot))
    await bus.publish(*(tell(other) for tell in told_before))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    if told_before:
        await found("batches", lot=other.number, state="manufactured")
        await found("deviations", lot=other.number)
        await found("process-excursions", lot=other.number)
    await service.client.done(f"/batches/{id}/description", {"aliases": [other.number]})
    return id, lot, other


async def test_what_is_told_under_an_alias_is_told_of_the_batch(bus: Any, known: Any, service: Any, found: Any) -> None:
    id, lot, other = await aliased(bus, known, service, found)
    corrected = known.completion(other).model_copy(update={"source": known.completion(lot, revision=2).source})
    await bus.publish(corrected, known.oos(other), known.deviation(other), known.alarm(other))
    for list_ in ("oos-investigations", "deviations"):
        await found(list_, lot=lot.number)
    await found("process-excursions", batch_id=id)
    batches = (await service.client.get("/batches", params={"site_id": str(known.site)})).json()["items"]
    assert [each["number"] for each in batches] == [lot.number]
    stands = (await readiness(service.client, id, "US"))["by_name"]
    assert {name: stands[name]["verdict"] for name in EVENTS} == dict.fromkeys(EVENTS, "not_met")
    joined = (stands["numbers_joined"]["verdict"], stands["numbers_joined"]["why"])
    assert joined == ("met", f"it is {other.number}, too: facts that were told under that are kept here")


async def test_a_person_names_the_batch_by_its_alias(bus: Any, known: Any, service: Any, found: Any) -> None:
    _, lot, other = await aliased(bus, known, service, found)
    again = {"site_id": str(lot.site_id), "material": lot.material, "number": other.number, "started_at": "2018-11"}
    refused = await service.client.post("/batches", json=again)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:not-allowed-now"), refused.text


async def test_what_a_person_tells_under_an_alias_is_kept_as_told_so(
    bus: Any, known: Any, service: Any, found: Any, partners_login: Any
) -> None:
    id, lot, other = await aliased(bus, known, service, found)
    as_typed, written = f"{lot.number}-\u00c9", f"{lot.number}-E\u0301"  # the same letter
    numbers = [other.number, written]
    await service.client.done(f"/batches/{id}/description", {"aliases": numbers})
    raised = {"title": "glass", "category": "process", "site_id": str(lot.site_id), "description": "x"}
    raised |= {"partner_aware_at": "2018-12-01T08:00:00Z"}
    maker = service.as_("partner_quality", partner_id=known.maker, subject="ana")
    for client, number in ((service.client, other.number), (maker, as_typed)):
        named = {"lots": [{"material": lot.material, "number": number}]}
        deviation = await client.done("/deviations", raised | named)
        assert [one["number"] for one in deviation["lots"]] == [lot.number]
    kept = [f"it is {each}, too: facts that were told under that are kept here" for each in numbers]
    joined = (await readiness(service.client, id, "US"))["by_name"]["numbers_joined"]
    assert (joined["verdict"], joined["why"]) == ("met", "; ".join(kept))
    await service.client.done(f"/batches/{id}/description", {"aliases": []})
    joined = (await readiness(service.client, id, "US"))["by_name"]["numbers_joined"]
    assert joined["verdict"] == "unknown"
    assert all(
        f"told under {each} are kept here, and it is no number of it any more" in joined["why"] for each in numbers
    )
    sql = "INSERT INTO told_under (lot_id, batch_lot_id, number, told_at) VALUES ($1, $2, 'X', now())"
    async with partners_login("quality_events", known.maker, "ana") as login:
        assert await login.run(sql, uuid4(), lot.id) == "refused", "X is no number of it"


async def test_what_stood_under_an_alias_before_it_was_one_is_weighed_with_the_batch(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot, other = await aliased(bus, known, service, found, known.completion, known.deviation, known.alarm)
    stands = (await readiness(service.client, id, "US"))["by_name"]
    apart = f"facts stand under {other.number}, another number of it, as a batch of its own: manufactured"
    why = f"{apart}; it is {other.number}, too"
    assert (stands["numbers_joined"]["verdict"], stands["numbers_joined"]["why"]) == ("unknown", why)
    against = ("deviations_settled", "excursions_decided")
    assert {name: stands[name]["verdict"] for name in against} == dict.fromkeys(against, "not_met")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        assert (await readiness(maker, id, "US"))["by_name"]["numbers_joined"]["why"] == why
    second = (await found("batches", lot=other.number))["id"]
    told = (await readiness(service.client, second, "US"))["by_name"]["numbers_joined"]
    assert (told["blocks"], told["why"]) == (
        True,
        f"it is another number of {lot.number}, which is released or not under that",
    )
    said = {"batch_id": id, "market": "US", "condition": "numbers_joined", "evidence": "0b" * 32}
    await service.client.done("/readiness-statements", said | {"statement": "all of it was looked at with the batch"})
    assert (await readiness(service.client, id, "US"))["by_name"]["numbers_joined"]["verdict"] == "met"


async def test_what_is_made_under_an_alias_by_a_record_of_its_own_is_another_lot(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, sold: Any
) -> None:
    """Else one operator's alias lets a lot go on the results of another, of which there is no record."""
    lot, id = sold
    other = known.lot()
    operator = service.as_("partner_operations", partner_id=known.maker, subject="olaf")
    stated = await operator.done(f"/batches/{id}/description", {"aliases": [other.number]})
    assert stated["waiting_for"]["side"] == "partner", "both quality units review what counts by now"

    async def numbers(of: str) -> Any:
        return (await readiness(service.client, of, "US"))["by_name"]["numbers_joined"]

    kept = f"facts that were told under {other.number} are kept here"
    await bus.publish(*results_of(known, other))
    await eventually(lambda: _says(numbers(id), f"it is {other.number}, too: facts that were told under that"))
    assert not (await service.client.get("/batches", params={"lot": other.number})).json()["items"]
    await bus.publish(known.start(other), known.completion(other))
    second = (await found("batches", lot=other.number, state="manufactured"))["id"]

    async def asked() -> Any:
        news = (await found("distribution-impacts", batch_id=id, cause_type="record"))["news"]
        return f"{other.number}, another number of it, stands as a batch of its own" in str(news)

    await eventually(asked)
    for aliases in ([other.number], []):
        await operator.done(f"/batches/{id}/description", {"aliases": aliases})
        own = f"facts that were told under its number are kept with {lot.number}, of which it was said"
        assert {each: (await numbers(each))["verdict"] for each in (id, second)} == dict.fromkeys(
            (id, second), "unknown"
        )
        assert own in (await numbers(second))["why"]
    assert f"{kept}, and it is no number of it any more" in (await numbers(id))["why"]


async def _says(asked: Any, text: str) -> bool:
    return text in (await asked)["why"]


async def test_a_number_that_is_completed_twice_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    """By two records of its maker's it may be the number of two batches."""
    lot, id = sold
    assert (await readiness(service.client, id, "US"))["by_name"]["numbers_joined"]["verdict"] == "not_applicable"
    await bus.publish(known.completion(lot, feed=uuid4(), completed_at="2018-12-20"))
    assert "another than what was reviewed" in str((await found("distribution-impacts", batch_id=id))["news"])
    joined = (await readiness(service.client, id, "US"))["by_name"]["numbers_joined"]
    assert (joined["verdict"], f": is {lot.number} the number of two batches?" in joined["why"]) == ("unknown", True)
    assert "tells of a completion 2018-12-20, and " in joined["why"]


async def test_what_is_told_of_what_stood_under_an_alias_asks_where_the_batch_is_out(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, database: Any
) -> None:
    lot, id = sold
    other = under(lot, f"{lot.number}-ALT")
    await bus.publish(known.completion(other))
    second = (await found("batches", lot=other.number, state="manufactured"))["id"]
    async with database.transaction():
        await database.execute("SELECT set_config('entente.actor', 'migration:x', true)")
        await database.execute("UPDATE batch SET aliases = ARRAY[$2] WHERE id = $1", UUID(id), other.number)
    await bus.publish(known.alarm(other), known.deviation(other))
    asked = await found("distribution-impacts", batch_id=id, cause_type="excursions")
    assert (asked["market"], asked["cause"]["id"]) == ("US", second)
    assert (await found("distribution-impacts", batch_id=id, cause_type="deviation"))["market"] == "US"


@pytest.mark.parametrize("alias_first", [True, False])
async def test_what_names_a_parent_by_its_alias_names_the_parent(
    bus: Any, known: Any, service: Any, found: Any, database: Any, alias_first: bool
) -> None:
    lot, child = known.lot(), known.lot()
    kg, other = Quantity(value=Decimal(100), unit="kg"), under(lot, f"{lot.number}-ALT")
    await bus.publish(*usual(known, "US"), known.start(lot), known.completion(lot, actual_quantity=kg))
    await bus.publish(known.deviation(lot))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    raised = await found("deviations", lot=lot.number)
    await service.client.done(f"/deviations/{raised['id']}/classification", {"classification": "critical"})
    await service.client.done("/batch-holds", {"batch_id": id, "reason": "metal", "markets": []})

    async def known_as(*numbers: str) -> None:
        await service.client.done(f"/batches/{id}/description", {"aliases": numbers})

    if alias_first:
        await known_as(other.number)
    named = (MaterialLot(material=lot.material, number=other.number),)
    used = known.used(child, f"{child.number}/1", other.number, material=lot.material, quantity=kg)
    await handled(bus, database, known.start(child, inputs=named), used)
    child_id = (await found("batches", lot=child.number, state="in_process"))["id"]
    if not alias_first:
        await known_as(other.number)

    async def came_of() -> tuple[list[str], int, str]:
        origin = (await service.client.get(f"/batches/{child_id}/genealogy")).json()
        asked = (await readiness(service.client, child_id, "US"))["by_name"]["inputs_released"]["verdict"]
        return [each["number"] for each in origin["ancestors"]], len(origin["open_events"]), asked

    assert await came_of() == ([lot.number], 2, "not_met")
    stands = (await readiness(service.client, child_id, "US"))["by_name"]
    assert [stands[name]["verdict"] for name in ("deviations_settled", "not_held")] == ["not_met"] * 2
    begun = {"site_id": str(known.site), "material": known.code, "number": uuid4().hex, "started_at": "2018-12"}
    part = {"material": lot.material, "number": other.number, "quantity": {"value": "1", "unit": "kg"}}
    too_much = await service.client.post("/batches", json=begun | {"inputs": [part]})
    assert "of 100 kg 0 are left" in too_much.text
    twice = await service.client.post("/batches", json=begun | {"inputs": [part, part | {"number": lot.number}]})
    assert "by two of its numbers" in twice.text
    itself = await service.client.post("/batches", json=begun | {"number": lot.number, "inputs": [part]})
    assert itself.status_code >= 400
    await known_as()
    assert await came_of() == ([], 0, "unknown")


@pytest.mark.parametrize("begun", [False, True])
async def test_an_alias_takes_nothing_of_another_maker_that_has_the_site_since(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any, begun: bool
) -> None:
    lot, buyer = known.lot(), uuid4()
    theirs = known.lot().model_copy(update={"partner_id": buyer})
    await bus.publish(known.start(lot), known.completion(lot, on="2018-11-10", completed_at="2018-11-10"))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await bus.publish(sale(known, buyer))
    seller, ana = (
        service.as_(f"partner_{unit}", partner_id=known.maker, subject=unit) for unit in ("operations", "quality")
    )
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")
    started = known.start(theirs, on="2018-12-10").model_copy(update={"parties": (buyer,)})
    await bus.publish(*([started] if begun else []))
    if begun:
        await found("batches", lot=theirs.number, state="in_process")
    await seller.done(f"/batches/{id}/description", {"aliases": [theirs.number]})
    deviation = known.deviation(theirs).model_copy(update={"partner_id": buyer, "parties": (buyer,)})
    await bus.publish(deviation, known.oos(theirs), known.alarm(theirs))
    for list_ in ("deviations", "oos-investigations", "process-excursions"):
        await found(list_, lot=theirs.number)
        (read,) = (await eva.get(f"/{list_}")).json()["items"]
        assert (await ana.get(f"/{list_}")).json()["items"] == [], f"{read['number']} is the buyer's"
    second = (await found("batches", lot=theirs.number))["id"]
    for each in (id, second):
        await service.client.done(f"/batches/{each}/intent", {"markets": ["US"]})

    async def numbers(who: Any, of: str) -> Any:
        return (await readiness(who, of, "US"))["by_name"]["numbers_joined"]

    if begun:
        await eventually(lambda: _says(numbers(ana, id), "its site was sold on 2018-11-25"))
        for each, owner, verdict in ((id, ana, "unknown"), (second, eva, "not_applicable")):
            both = [await numbers(who, each) for who in (service.client, owner)]
            assert [(one["verdict"], one["why"]) for one in both] == [(verdict, both[1]["why"])] * 2
    else:
        raised = {"site_id": str(known.site), "title": "glass", "description": "x", "category": "process"}
        lots = [{"material": lot.material, "number": f"{lot.number}-B"}]
        await seller.done(f"/batches/{id}/description", {"aliases": [lots[0]["number"]]})
        told = raised | {"lots": lots, "partner_aware_at": "2018-12-01T08:00:00Z"}
        refused = await service.client.post("/deviations", json=told)
        assert (refused.status_code >= 400, f"name {lot.number}" in refused.text) == (True, True), refused.text
