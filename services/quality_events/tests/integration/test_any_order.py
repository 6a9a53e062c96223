"""Facts that meet in this service: whichever of two comes first, the end is the same."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from contracts import Fact, contract_of
from contracts.quality_events import BatchManufactured, BatchStarted, DeviationClosed, DeviationLinked
from tests.world import handled

REPORTED = datetime(2026, 3, 2, 9, tzinfo=UTC)
UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_COMPARED = {"created_at", "updated_at", "since", "version", "next"}
"""How often a record changed on its way to the end may differ."""
GRANTED = UUID(int=1)
"""A laboratory's feed that was granted to report the maker's completions."""

OWN = [contract_of(fact).type for fact in (BatchStarted, BatchManufactured)]
"""Of its own batches' facts those that the service hears; it has no handler for what becomes of their records."""

Tell = Callable[[Any, Any], Fact]
FACTS: dict[str, Tell] = {
    "start": lambda world, lot: world.start(lot),
    "completion": lambda world, lot: world.completion(lot, yield_percent=97),
    "granted completion": lambda world, lot: world.completion(
        lot, feed=GRANTED, reported_by=world.laboratory, yield_percent=12
    ),
    "process": lambda world, lot: world.process(lot, force=12),
    # A partner's system that knows the product's code alone, not yet the product.
    "deviation": lambda world, lot: world.deviation(lot.model_copy(update={"product_id": None}), record="D"),
    "oos": lambda world, lot: world.oos(lot),
    "oos without product": lambda world, lot: world.oos(lot.model_copy(update={"product_id": None})),
    "oot without product": lambda world, lot: world.oot(lot.model_copy(update={"product_id": None})),
    "partner": lambda world, lot: world.registered()[0],
    "site": lambda world, lot: world.registered()[2],
    "product": lambda world, lot: world.registered()[4],
}
COLLECTIONS = ("batches", "deviations", "oos-investigations", "oot-investigations")


async def told(bus: Any, database: Any, *facts: Fact) -> None:
    """Tell facts one after the other, each when the one before was handled."""
    for fact in facts:
        await handled(bus, database, fact, time=REPORTED)


async def end_of(service: Any, world: Any, lot: Any) -> Any:
    """What there is of the lot, with the names of this world taken out."""
    found = {}
    for collection in COLLECTIONS:
        items = (await service.client.get(f"/{collection}", params={"lot": lot.number})).json()["items"]
        details = [(await service.client.get(f"/{collection}/{item['id']}")).json() for item in items]
        found[collection] = details
    names = {str(value): name for name, value in vars(world).items()} | {lot.number: "lot", str(lot.id): "lot_id"}
    names |= {value.hex[-8:]: name for name, value in vars(world).items() if isinstance(value, UUID)}
    return _plain(found, names)


def _plain(value: Any, names: dict[str, str]) -> Any:
    match value:
        case dict():
            return {key: _plain(item, names) for key, item in value.items() if key not in NOT_COMPARED}
        case list():
            return [_plain(item, names) for item in value]
        case str() if value.startswith(("DEV-", "OOS-", "OOT-")) or (len(value) == 36 and value not in names):
            return "generated"
        case str():
            for own, name in names.items():
                value = value.replace(own, name)
            return UUID_TEXT.sub("generated", value)
        case _:
            return value


@pytest.mark.parametrize(("first", "second"), list(combinations(FACTS, 2)))
async def test_either_may_come_first(
    bus: Any, database: Any, eventually: Any, service: Any, world: Any, first: str, second: str
) -> None:
    ends = []
    for order in ((first, second), (second, first)):
        another = type(world)()
        lot = another.lot()
        await told(bus, database, *(FACTS[name](another, lot) for name in order))
        await _quiet(database, eventually)
        ends.append(await end_of(service, another, lot))
    assert ends[0] == ends[1]


async def _quiet(database: Any, eventually: Any) -> None:
    """Until what followed from the facts was handled too: the service hears of its own batches."""

    async def nothing_waits() -> bool:
        own = "SELECT id::text FROM outbox WHERE type = ANY($1)"
        waiting = f"SELECT count(*) FROM ({own} EXCEPT SELECT event_id FROM inbox) AS waiting"
        return not await database.fetchval(waiting, OWN)

    await eventually(nothing_waits)


async def test_a_closed_deviation_is_linked_to_the_batch_that_becomes_known_later(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    """Right first time would count the batch as flawless: its deviation was recorded before its product was known."""
    lot = world.lot()
    unknown = lot.model_copy(update={"product_id": None})
    await bus.publish(world.deviation(unknown, record="D", proposed_classification="major"), time=REPORTED)
    deviation = await found("deviations", lot=lot.number)
    assert (deviation["lots"][0]["batch_id"], deviation["product_id"]) == (None, None)
    path = f"/deviations/{deviation['id']}"
    results = {"root_cause_category": "equipment", "root_cause": "worn punch", "capa_justification": "punch replaced"}
    steps: list[tuple[Any, str, Any]] = [
        (service.client, "classification", {"classification": "major"}),
        (service.client, "investigation", {}),
        (service.client, "investigation-results", results | {"impact": "none"}),
        (service.client, "approval-request", None),
        (service.second, "closure", None),
    ]
    for who, step, body in steps:
        done = await who.post(f"{path}/{step}", json=body)
        assert done.status_code == 200, done.text
    await bus.publish(world.start(lot))
    await bus.publish(world.completion(lot))

    async def linked() -> Any:
        facts = bus.of(DeviationLinked, deviation_id=UUID(deviation["id"]))
        return [fact for fact in facts if fact.batch_ids]

    (fact, *_) = await eventually(linked)
    (made,) = await bus.told(BatchManufactured, lot=lot)
    assert fact.batch_ids == (made.batch_id,)
    assert (fact.product_id, fact.classification, fact.cancelled) == (world.product, "major", False)
    (closed,) = await bus.told(DeviationClosed, deviation_id=UUID(deviation["id"]))
    assert fact.closed_at == closed.occurred_at
    after = (await service.client.get(path)).json()
    assert (after["state"], after["lots"][0]["batch_id"]) == ("closed", str(made.batch_id))
