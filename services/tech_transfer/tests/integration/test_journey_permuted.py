"""What other services tell while a transfer is shown to work, in three orders, and lots that are named amid it."""

from random import Random
from typing import Any

from contracts import Fact, Lot, Recorded
from contracts.quality_events import OosConclusion
from services.tech_transfer.tests.designing import designed, reported
from services.tech_transfer.tests.passing import unmet
from services.tech_transfer.tests.qualifying import WAIVED, engineer, entitlement, name, start_series
from tests.qualifying_batches import made, out_of_specification, recorded, released, result
from tests.qualifying_batches import started as begun

STEPS = (OosConclusion.confirmed, None, OosConclusion.invalidated)
"""It is a failure, is looked at once more, and is none."""


def process_of(lot: Lot, value: str, revision: int = 1) -> Fact:
    """What its maker's press reports of a lot."""
    return reported(lot, value, f"{lot.number}/press", revision)


def facts_of(lots: list[Lot], method: Any) -> list[Recorded[Any]]:
    """What is told of three PPQ batches and of a laboratory: much of it is amended later."""
    one, doubtful, last = lots
    told = [
        *(*made(one, 1), process_of(one, "12"), entitlement(method, "waived")),
        *(begun(doubtful, 2), *out_of_specification(doubtful, *STEPS)),
        *(*result(doubtful)[1], released(doubtful), entitlement(method, "suspended")),
        *(*made(last, 3), process_of(last, "16"), process_of(last, "14", revision=2)),
    ]
    return recorded(told)


async def test_facts_of_a_journey_end_the_same_in_any_order(service: Any, known: Any, started: Any) -> None:
    ends = []
    for order in ("as they happened", "backwards", "mixed"):
        transfer = await started(sending_site_id=None)
        await designed(service, transfer)
        await engineer(service, transfer)
        series = await start_series(service, transfer)
        plan = {"transfer_id": transfer["id"], **WAIVED, "method": f"HPLC-{order[:2]}"}
        planned = await service.client.done("/method-transfers", plan | {"laboratory_site_id": str(known.site)})
        why = {"justification": "in use there"}
        method = await service.second.done(f"/method-transfers/{planned['id']}/waiver", why)
        lots = [known.lot() for _ in range(3)]
        facts = facts_of(lots, method)
        if order == "backwards":
            facts.reverse()
        elif order == "mixed":
            Random(12).shuffle(facts)
        for lot, begins in zip((lots[0], lots[2], lots[1]), (0, 5, 12), strict=True):  # amid what is told of it
            await service.tell(*facts[begins : begins + 5])
            await name(service, transfer, "ppq", series_id=series["id"], lot=lot.number)
        await service.tell(*facts)
        ends.append(await end_of(service, transfer))
    assert ends[1:] == ends[:1] * 2
    assert ends[0][0] == [("conforming", []) for _ in range(4)]
    assert ends[0][1:3] == (["inside", "inside", "not_reported", "not_reported"], [("conforming", 1, 3)])
    assert ends[0][3] >= {"methods_for_batches", "methods_entitled", "stability_started"}, "it stands as suspended"
    assert not ends[0][3] & {"qbd_matrix", "engineering_batch", "ppq_series"}


async def end_of(service: Any, transfer: Any) -> tuple[Any, ...]:
    """Where batches, readings, series and gates stand."""
    of_it = {"transfer_id": transfer["id"]}

    async def listed(collection: str) -> list[Any]:
        return list((await service.client.get(f"/{collection}", params=of_it)).json()["items"])

    batches = [(each["state"], each["why"]) for each in await listed("transfer-batches")]
    readings = sorted(each["state"] for each in await listed("process-readings"))
    series = [(each["state"], each["attempt"], each["count"]) for each in await listed("ppq-series")]
    asked = {each for gate in ("process_development", "validation") for each in await unmet(service, transfer, gate)}
    return batches, readings, series, asked
