"""What a laboratory amends after it was found invalid is no original again, whichever of both is heard first."""

from typing import Any

import pytest

from contracts import clock
from contracts.partner_feeds import ResultRole

from .certifying import PATH, Certifying, certifying

__all__ = ["certifying"]


@pytest.mark.parametrize("concluded_first", [True, False])
async def test_an_amendment_of_what_was_found_invalid_stands_on_no_certificate_until_the_reopening(
    concluded_first: bool, certifying: Certifying, eventually: Any
) -> None:
    laboratory, client = certifying.laboratory, certifying.tracking.client
    failed = await certifying.found("80", 1, approve=True)
    retest = await certifying.found("99", 2, ResultRole.retest, approve=True)
    concluded_at = clock.now()

    async def told(conclusion: str, sequence: int, invalid: bool) -> None:
        fact = certifying.concluded(failed, conclusion)
        await certifying.bus.publish(fact, sequence=str(sequence), time=concluded_at)

        async def taken() -> bool:
            found = (await client.get(f"/results/{failed['id']}")).json()
            return (found["invalidated_at"] is not None) is invalid

        assert await eventually(taken)

    if concluded_first:
        await told("invalidated", 3, True)
        issued = await laboratory.done(f"{PATH}/{(await certifying.draft())['id']}/issue")
        assert [one["result_id"] for one in issued["results"]] == [retest["id"]]
    amended = await certifying.found("97", 3, approve=True, amends=failed)
    again = await certifying.found("98", 4, approve=True, amends=amended)
    if concluded_first:
        assert await certifying.is_changed(issued) == []
    else:
        await told("invalidated", 3, True)
    for reader in (client, laboratory):
        items = (await reader.get("/results", params={"lot_id": failed["lot_id"]})).json()["items"]
        invalid = {one["id"]: one["invalid_with"] for one in items if one["invalid_with"]}
        assert invalid == dict.fromkeys((amended["id"], again["id"]), failed["id"])
    anew = await certifying.draft()
    assert [one["result_id"] for one in anew["results"]] == [retest["id"]]
    counted = [(await reader.get(f"{PATH}/{anew['id']}")).json()["found_invalid"] for reader in (client, laboratory)]
    assert counted == [1, None], "once, and for the sponsor alone"
    await told("reopened", 4, False)
    assert (await client.get(f"/results/{again['id']}")).json()["invalid_with"] is None
    refused = await laboratory.post(f"{PATH}/{anew['id']}/issue")
    assert (refused.status_code, failed["id"] in refused.json()["detail"]) == (409, True)
