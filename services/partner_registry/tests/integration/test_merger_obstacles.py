"""What stands against a merger on which two people agreed, and what it stands against, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from partner_registry.mergers.model import PartnerMerger
from partner_registry.mergers.schemas import MergerState

TODAY = datetime.now(UTC).date()
EVIDENCE = {"evidence": "0" * 64, "reason": "merged"}


async def test_nobody_undoes_alone_what_two_agreed_on(
    registry: Any, qualify: Any, site: Any, other: Any, third: Any, agreed: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    number = (await registry.client.get(await agreed(site["partner_id"], other["id"], -30))).json()["number"]
    sourcing = registry.as_("sourcing", subject="one-person")
    leaves = {"partner_id": site["partner_id"], "reason": "x"}
    refused = [
        await sourcing.post("/partner-exits", json=leaves),
        await sourcing.post("/partner-unions", json=leaves | {"other_id": third["id"]}),
    ]
    assert [(each.status_code, number in each.json()["detail"]) for each in refused] == [(409, True)] * 2


async def test_one_that_cannot_take_effect_on_its_day_is_somebodys_turn(
    registry: Any, site: Any, other: Any, third: Any, agreed: Any, tick: Any, eventually: Any
) -> None:
    await agreed(other["id"], third["id"], 5)
    path = await agreed(site["partner_id"], other["id"], 5)

    async def hindered() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        found = (await registry.client.get(path)).json()
        return found if found["obstacle"] else None

    found = await eventually(hindered)
    assert (found["state"], found["waiting_for"]["side"]) == ("agreed", "sponsor")
    assert found["obstacle"] == f"{other['number']} is absorbed: nothing passes to it"
    await tick()
    assert (await registry.client.get(path)).json()["version"] == found["version"], "it is said once"
    over = await registry.client.done(f"{path}/cancellation", {"reason": "it merges into the last one"})
    assert (over["state"], over["waiting_for"]) == ("called_off", None)


async def test_who_merges_comes_back_to_itself_by_no_way(
    registry: Any, site: Any, other: Any, third: Any, agreed: Any, transaction: Any
) -> None:
    first, second, last = site["partner_id"], other["id"], third["id"]
    await agreed(first, second, -30)
    path = await agreed(second, last, -60)
    back = {"partner_id": last, "successor_id": first, "effective_on": str(TODAY + timedelta(90))} | EVIDENCE
    sourcing = registry.as_("sourcing", subject="sophie")
    refused = await sourcing.post("/partner-mergers", json=back)
    number = (await registry.client.get(path)).json()["number"]
    assert (refused.status_code, number in refused.json()["detail"]) == (409, True)
    await registry.client.done(f"{path}/cancellation", {"reason": "not this way"})
    turned = await agreed(last, first, -90)
    async with transaction() as work:  # as two could agree on before it was refused
        (await work.session.get(PartnerMerger, UUID(path.rpartition("/")[2]))).state = MergerState.agreed
    for each in (path, turned):
        (missing,) = (await registry.client.get(each)).json()["missing"]
        assert "in turn: call one of the two off" in missing, "neither takes effect before the other is called off"


def known(registry: Any, partner_id: str, days: int) -> Any:
    """What a partner's systems call OLD-7 some days ago: for each the product and the last day."""

    async def read() -> Any:
        on = str(TODAY - timedelta(days))
        asked = {"partner_id": partner_id, "partner_code": "OLD-7", "on": on}
        found = (await registry.client.get("/partner-products", params=asked)).json()["items"]
        return [(each["product_id"], each["valid_to"]) for each in found]

    return read()


async def test_a_code_that_means_another_product_to_the_successor_stands_against_it(
    registry: Any, site: Any, other: Any, merged: Any
) -> None:
    made, old, new = [], site["partner_id"], other["id"]
    for partner_id in (old, new):
        code = {"code": f"T-{uuid4().hex[:10]}", "name": "Tablets", "dosage_form": "tablet"}
        product = await registry.client.done("/products", code)
        body = {"partner_id": partner_id, "product_id": product["id"], "valid_from": "2024-01-01"}
        made.append(await registry.client.done("/partner-products", body | {"partner_code": "OLD-7"}))
        # By the sponsor's own code each may know the same one.
        await registry.client.done("/partner-products", body | {"product_id": made[0]["product_id"]})
    day, before, later = (str(TODAY - timedelta(days)) for days in (20, 21, -200))
    asked = {"partner_id": old, "successor_id": new, "effective_on": day}
    merger = await registry.as_("sourcing", subject="sophie").done("/partner-mergers", asked | EVIDENCE)
    why = f"OLD-7 is one product to {merger['partner']['number']} and another to {other['number']} on {day} or later"
    why += ": end one before that, or withdraw what was recorded in error"
    for each in made:
        assert (await registry.client.get(f"/partner-mergers/{merger['id']}")).json()["missing"] == [why]
        await registry.client.done(f"/partner-products/{each['id']}/end", {"valid_to": later, "reason": "ends"})
    assert (await registry.client.get(f"/partner-mergers/{merger['id']}")).json()["missing"] == [why]
    await registry.client.done(f"/partner-products/{made[1]['id']}/withdrawal", {"reason": "it ended before"})
    again = await registry.client.done("/partner-products", body | {"partner_code": "OLD-7"})
    await registry.client.done(f"/partner-products/{again['id']}/end", {"valid_to": before, "reason": "ended"})
    path = f"/partner-mergers/{merger['id']}"
    assert (await registry.client.get(path)).json()["missing"] == []
    await registry.client.done(f"{path}/cancellation", {"reason": "said anew"})
    await merged(old, new)
    first, second = (each["product_id"] for each in made)
    assert [await known(registry, new, days) for days in (20, 21)] == [[(first, later)], [(second, before)]]
    assert [await known(registry, old, days) for days in (20, 21)] == [[], [(first, before)]]
    listed = (await registry.client.get("/partner-products", params={"partner_id": new, "state": "valid"})).json()
    assert len(listed["items"]) == 1, "what both know by the sponsor's code is there once"
