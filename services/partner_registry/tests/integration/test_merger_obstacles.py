"""What stands against a merger on which two people agreed, and what it stands against, over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

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


async def test_a_code_that_means_another_product_to_the_successor_stands_against_it(
    registry: Any, site: Any, other: Any, merged: Any
) -> None:
    made = []
    for partner_id in (site["partner_id"], other["id"]):
        code = {"code": f"T-{uuid4().hex[:10]}", "name": "Tablets", "dosage_form": "tablet"}
        product = await registry.client.done("/products", code)
        body = {"partner_id": partner_id, "product_id": product["id"], "valid_from": "2024-01-01"}
        made.append(await registry.client.done("/partner-products", body | {"partner_code": "OLD-7"}))
        # By the sponsor's own code each may know the same one.
        await registry.client.done("/partner-products", body | {"product_id": made[0]["product_id"]})
    body = {"partner_id": site["partner_id"], "successor_id": other["id"], "effective_on": str(TODAY)}
    merger = await registry.as_("sourcing", subject="sophie").done("/partner-mergers", body | EVIDENCE)
    why = f"OLD-7 is one product to {merger['partner']['number']} and another to {other['number']}: end one"
    assert merger["missing"] == [why]
    await registry.client.done(f"/partner-products/{made[1]['id']}/end", {"valid_to": str(TODAY), "reason": "merges"})
    path = f"/partner-mergers/{merger['id']}"
    assert (await registry.client.get(path)).json()["missing"] == []
    await registry.client.done(f"{path}/cancellation", {"reason": "said anew"})
    await merged(site["partner_id"], other["id"])
    asked = {"partner_id": other["id"], "state": "valid"}
    found = (await registry.client.get("/partner-products", params=asked)).json()["items"]
    assert sorted(each["partner_code"] or "" for each in found) == ["", "OLD-7"]
