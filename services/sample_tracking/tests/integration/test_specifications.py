"""Specifications over HTTP."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from contracts.sample_tracking import SpecificationApproved


def limit(lower: str | None = "80", **others: Any) -> dict[str, Any]:
    """A limit as a request's body has it."""
    of_it = {
        "test": "dissolution_min",
        "method": "AP-02",
        "stage": "release",
        "lower": lower,
        "unit": "%",
        "decimals": 0,
    }
    return of_it | others


async def test_a_new_revision_takes_the_place_of_the_one_in_force(
    tracking: Any, known: Any, specify: Any, bus: Any, eventually: Any
) -> None:
    first = await specify(known.code, limit("80"))
    second = await specify(known.code, limit("85"))
    assert (first["revision"], second["revision"]) == (1, 2)
    before = (await tracking.client.get(f"/specifications/{first['id']}")).json()
    assert (before["state"], before["superseded_by"]) == ("superseded", second["id"])
    in_force = await tracking.client.get("/specifications", params={"product": known.code, "state": "effective"})
    named = {"id": str(known.product), "number": known.code, "name": "Tablets"}
    assert in_force.json()["items"][0]["product"] == named
    assert [item["id"] for item in in_force.json()["items"]] == [second["id"]]

    async def published() -> list[SpecificationApproved]:
        facts = [recorded.fact for recorded in bus.heard if isinstance(recorded.fact, SpecificationApproved)]
        ours = [fact for fact in facts if fact.product_id == known.product]
        return ours if len(ours) == 2 else []

    approved = await eventually(published)
    assert {str(fact.specification_id): str(fact.limits[0].lower) for fact in approved} == {
        first["id"]: "80",
        second["id"]: "85",
    }


async def test_markets_have_revisions_of_their_own(tracking: Any, known: Any, specify: Any) -> None:
    everywhere = await specify(known.code, limit())
    american = await specify(known.code, limit(), market="US")
    assert (american["revision"], american["market"], everywhere["market"]) == (1, "US", None)

    async def in_market(market: str) -> list[str]:
        wanted = {"product_id": str(known.product), "market": market, "state": "effective"}
        answer = await tracking.client.get("/specifications", params=wanted)
        return [item["id"] for item in answer.json()["items"]]

    assert await in_market("all") == [everywhere["id"]]
    assert await in_market("US") == [american["id"]]
    assert await in_market("JP") == []


async def test_two_approvals_at_once_leave_one_in_force(tracking: Any, known: Any) -> None:
    body = {"product_id": str(known.product), "limits": [limit()]}
    drafts = await asyncio.gather(*(tracking.client.post("/specifications", json=body) for _ in range(3)))
    assert sorted(draft.json()["revision"] for draft in drafts) == [1, 2, 3]
    approvals = await asyncio.gather(
        *(tracking.second.post(f"/specifications/{draft.json()['id']}/approval") for draft in drafts)
    )
    assert {approval.status_code for approval in approvals} <= {200, 409}
    listed = await tracking.client.get("/specifications", params={"product": known.code, "state": "effective"})
    assert [item["revision"] for item in listed.json()["items"]] == [3]


async def test_a_revision_older_than_the_one_in_force_stays_a_draft(tracking: Any, known: Any, specify: Any) -> None:
    old = await tracking.client.post("/specifications", json={"product": known.code, "limits": [limit()]})
    await specify(known.code, limit("85"))
    refused = await tracking.second.post(f"/specifications/{old.json()['id']}/approval")
    assert refused.status_code == 409
    assert "draft a new one" in refused.json()["detail"]
    assert (await tracking.client.get(f"/specifications/{old.json()['id']}")).json()["state"] == "draft"


async def test_a_limit_without_a_method_is_not_approved(tracking: Any, known: Any) -> None:
    limits = [limit(), limit(test="assay", method=None), limit(test="odour", lower=None, report_only=True, method=None)]
    drafted = await tracking.client.done("/specifications", {"product": known.code, "limits": limits})
    path = f"/specifications/{drafted['id']}"
    refused = await tracking.second.post(f"{path}/approval")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:rule-violated")
    assert [error["field"] for error in refused.json()["errors"]] == ["limits.1.method", "limits.2.method"]
    assert (await tracking.client.get(path)).json()["state"] == "draft"


async def test_what_is_approved_cannot_be_approved_again(tracking: Any, known: Any, specify: Any) -> None:
    approved = await specify(known.code, limit())
    again = await tracking.second.post(f"/specifications/{approved['id']}/approval")
    assert (again.status_code, again.json()["state"]) == (409, "effective")


async def test_an_unknown_product_is_answered_with_help(tracking: Any) -> None:
    answer = await tracking.client.post("/specifications", json={"product": uuid4().hex, "limits": [limit()]})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:entente:problem:unknown-product")
    assert "POST /v1/products" in answer.json()["detail"]


async def test_an_unknown_unit_is_answered_with_its_field(tracking: Any, known: Any) -> None:
    limits = [limit(), limit(test="assay", unit="percent")]
    answer = await tracking.client.post("/specifications", json={"product": known.code, "limits": limits})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.limits.1.unit"]
    assert "UCUM" in answer.json()["errors"][0]["reason"]


async def test_who_may_do_what(tracking: Any, known: Any) -> None:
    body = {"product": known.code, "limits": [limit()]}
    assert (await tracking.as_("supply").post("/specifications", json=body)).status_code == 403
    drafted = await tracking.as_("lab").post("/specifications", json=body)
    assert drafted.status_code == 201
    approval = f"/specifications/{drafted.json()['id']}/approval"
    assert (await tracking.as_("lab").post(approval)).status_code == 403
    alone = await tracking.as_("quality").post(approval)
    assert (alone.status_code, alone.json()["type"]) == (403, "urn:entente:problem:second-person-required")
    assert (await tracking.as_("quality", subject="second").post(approval)).status_code == 200


async def test_a_partner_sees_no_specification(tracking: Any, known: Any, specify: Any) -> None:
    specification = await specify(known.code, limit())
    partner = tracking.as_("partner_quality", partner_id=known.maker)
    assert (await partner.get(f"/specifications/{specification['id']}")).status_code == 404
    assert (await partner.get("/specifications")).json()["items"] == []
    assert (await partner.get(f"/specifications/{UUID(int=0)}")).status_code == 404
