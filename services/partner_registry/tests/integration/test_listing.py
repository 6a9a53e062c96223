"""What every list of records does, at the example of partners."""

from typing import Any
from uuid import uuid4

import httpx
import pytest


@pytest.fixture
async def registry(launch: Any) -> Any:
    return await launch("partner_registry")


async def register(registry: Any, country: str) -> dict[str, Any]:
    body = {"legal_name": f"Works {uuid4().hex}", "kind": "cmo", "country": country}
    answer = await registry.client.post("/partners", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_filter_that_is_repeated_finds_any_of_its_values(registry: Any) -> None:
    made = [await register(registry, country) for country in ("AQ", "BV", "HM")]
    numbers = [each["number"] for each in made]
    answer = await registry.client.get("/partners", params={"number": numbers, "country": ["AQ", "HM"]})
    assert [each["number"] for each in answer.json()["items"]] == [numbers[2], numbers[0]]


async def test_what_counts_once_is_not_given_twice(registry: Any) -> None:
    refused = await registry.client.get("/partners", params={"limit": [1, 2]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:entente:problem:repeated-parameter")
    assert "limit" in refused.json()["detail"]


async def test_all_that_is_found_is_counted_for_who_asks_for_it(registry: Any) -> None:
    numbers = [(await register(registry, "TF"))["number"] for _ in range(3)]
    asked = {"number": numbers, "limit": 2}
    answer = (await registry.client.get("/partners", params=asked | {"count": True})).json()
    assert (len(answer["items"]), answer["total"]) == (2, 3)
    assert (await registry.client.get("/partners", params=asked)).json()["total"] is None
    own = registry.as_("partner_quality", partner_id=uuid4())
    assert (await own.get("/partners", params={"count": True})).json()["total"] == 0, "of what the caller may see"


@pytest.mark.parametrize("sort", ["normalised_name", "parties", "-normalised_name"])
async def test_a_list_is_sorted_by_what_is_shown_of_every_record(registry: Any, sort: str) -> None:
    refused = await registry.client.get("/partners", params={"sort": sort})
    assert refused.status_code == 422
    assert "legal_name" in refused.text, "it says what is possible"


async def test_what_is_allowed_is_what_this_caller_may_do_now(registry: Any, qualify: Any, site: Any) -> None:
    path, always = f"/partners/{site['partner_id']}", ["describe", "change_owner"]
    made = (await registry.client.get(path)).json()
    assert [each["name"] for each in made["allowed"]] == ["activate", *always]
    await qualify.certified(site)
    await qualify.approved(site)
    answer = await registry.client.get(path)
    assert [each["name"] for each in answer.json()["allowed"]] == ["suspend", "decide_work", *always]
    sourcing = (await registry.as_("sourcing").get(path)).json()["allowed"]
    assert [each["name"] for each in sourcing] == always, "only quality suspends"
    assert (await registry.as_("finance").get(path)).json()["allowed"] == []


async def test_where_a_created_record_is_says_the_way_through_the_gateway(registry: Any) -> None:
    body = {"legal_name": f"Works {uuid4().hex}", "kind": "cmo", "country": "IO"}
    token = registry.client.headers["authorization"]
    transport = httpx.ASGITransport(registry.app, root_path="/api/partner-registry")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as gateway:
        answer = await gateway.post("/api/partner-registry/v1/partners", json=body, headers={"Authorization": token})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    path = f"/api/partner-registry/v1/partners/{made['id']}"
    assert (answer.headers["location"], made["allowed"][0]["path"]) == (path, f"{path}/activation")
