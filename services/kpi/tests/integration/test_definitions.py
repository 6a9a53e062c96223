"""Definitions and targets over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

DEFINITION = {
    "name": "OOS per batch",
    "family": "quality",
    "description": "OOS results / batches manufactured.",
    "kind": "ratio",
    "numerator": "oos",
    "denominator": "batch_manufactured",
    "unit": "1",
    "direction": "lower",
    "minimum_sample": 2,
    "source": "the sponsor",
}
SHIPPED = {
    "oos_rate",
    "invalidated_oos_rate",
    "deviations_per_batch",
    "deviation_closure_days",
    "deviation_closure_days_p90",
    "notification_hours",
    "right_first_time",
    "yield",
    "oos_closure_days",
}


def new(**changes: Any) -> dict[str, Any]:
    """A definition that nobody else uses."""
    return DEFINITION | {"code": f"own_{uuid4().hex[:8]}"} | changes


async def test_what_is_shipped_is_there(kpi: Any) -> None:
    listed = (await kpi.client.get("/kpis", params={"limit": 500})).json()["items"]
    assert {item["code"] for item in listed} >= SHIPPED
    closure = (await kpi.client.get("/kpis/deviation_closure_days")).json()
    assert (closure["quantile"], closure["open_measure"]) == ("0.5", "deviation_open")
    assert [target["value"] for target in closure["targets"]] == ["30"]


async def test_a_user_adds_a_kpi_without_code_and_it_is_computed_at_once(kpi: Any, bus: Any, new_world: Any) -> None:
    make, body = new_world(), new()
    await bus.publish(make.result("oos"), make.batch(), make.batch())
    async with kpi.as_("governance") as governance:
        created = await governance.post("/kpis", json=body)
        assert created.status_code == 201, created.text
        again = await governance.post("/kpis", json=body)
        assert again.status_code == 409, again.text
    partner = str(make.maker)
    await kpi.until(body["code"], lambda item: bool(item["value"] == "0.5"), partner=partner)


async def test_a_changed_formula_is_a_new_version_and_the_old_one_can_be_asked(kpi: Any) -> None:
    body = new()
    await kpi.client.post("/kpis", json=body)
    formula = {name: value for name, value in body.items() if name != "code"} | {"numerator": "oos_confirmed"}
    changed = await kpi.client.post(f"/kpis/{body['code']}/versions", json=formula)
    assert (changed.status_code, changed.json()["formula_version"]) == (201, 2), changed.text
    assert (await kpi.client.get(f"/kpis/{body['code']}")).json()["numerator"] == "oos_confirmed"
    old = (await kpi.client.get(f"/kpis/{body['code']}/values", params={"formula_version": 1})).json()["items"][0]
    assert (old["formula_version"], "measure=oos&" in old["facts"]) == (1, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numerator": "ooos"}, "Input should be 'test_evaluated', 'result_unjudged', 'record_contradicted', 'oos'"),
        ({"denominator": None}, "a ratio, and nothing else, has a denominator"),
        ({"kind": "percentile", "denominator": None, "quantile": 0.9}, "percentiles are known only of"),
        ({"kind": "mean"}, "a ratio, and nothing else, has a denominator"),
    ],
)
async def test_a_formula_that_cannot_be_is_refused_with_what_can(kpi: Any, changes: dict[str, Any], said: str) -> None:
    answer = await kpi.client.post("/kpis", json=new(**changes))
    assert answer.status_code == 422
    assert said in answer.text


async def test_only_quality_and_governance_define(kpi: Any) -> None:
    async with kpi.as_("supply") as supply, kpi.as_("partner_quality", partner_id=uuid4()) as partner:
        assert (await supply.post("/kpis", json=new())).status_code == 403
        assert (await partner.post("/kpis", json=new())).status_code == 403


async def test_a_targets_version_rises_and_the_most_particular_applies(kpi: Any, bus: Any, new_world: Any) -> None:
    make, body = new_world(), new(minimum_sample=1)
    code = body["code"]
    await kpi.client.post("/kpis", json=body)
    await bus.publish(*make.registered(), make.batch(), make.batch(), make.result("oos"))
    first = {"If-Match": "*"}
    general = await kpi.client.put(f"/kpis/{code}/target", json={"value": 0.1, "red": 0.2}, headers=first)
    assert (general.status_code, general.headers["etag"]) == (200, '"1"'), general.text
    partner = str(make.maker)

    async def rated(rating: str) -> Any:
        return await kpi.until(code, lambda item: bool(item["rating"] == rating), sample=2, partner=partner)

    await rated("red")
    own = {"partner": partner}
    target = f"/kpis/{code}/target"
    await kpi.until(code, lambda item: bool(item["partner"]["name"]), partner=partner)
    for unknown in ({"partner": str(uuid4())}, {"product": partner}):
        nobodys = await kpi.client.put(target, params=unknown, json={"value": 0.4, "red": 0.9}, headers=first)
        assert nobodys.status_code == 422, nobodys.text
    twice = await kpi.client.put(f"{target}?partner=a&partner=b", json={"value": 0.4, "red": 0.9}, headers=first)
    assert twice.json()["type"] == "urn:entente:problem:repeated-parameter", "the general one would be overwritten"
    generous = await kpi.client.put(target, params=own, json={"value": 0.4, "red": 0.9}, headers=first)
    assert generous.status_code == 200, generous.text
    assert (await rated("amber"))["target"]["partner_id"] == str(make.maker)
    outdated = await kpi.client.put(target, params=own, json={"value": 0.6, "red": 0.9}, headers={"If-Match": '"7"'})
    assert outdated.status_code == 412
    changed = await kpi.client.put(target, params=own, json={"value": 0.6, "red": 0.9}, headers={"If-Match": '"1"'})
    assert changed.json()["version"] == 2, changed.text
    await rated("green")
    read = await kpi.client.get(target, params=own)
    assert (read.json()["value"], read.headers["etag"]) == ("0.6", '"2"')


async def test_bounds_out_of_order_are_refused(kpi: Any) -> None:
    body = {"value": 0.95, "amber": 0.9, "red": 0.8}  # green would begin below the target
    answer = await kpi.client.put("/kpis/right_first_time/target", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 409, answer.text


async def test_a_kpi_says_what_its_reader_may_do_with_it(kpi: Any, new_world: Any) -> None:
    code = (await kpi.client.post("/kpis", json=new())).json()["code"]
    here = f"/v1/kpis/{code}"
    steps = [("redefine", "POST", f"{here}/versions"), ("set_target", "PUT", f"{here}/target")]
    async with kpi.as_("governance") as may, kpi.as_("sourcing") as may_not:
        for client, expected in ((may, steps), (may_not, [])):
            shown = (await client.get(f"/kpis/{code}")).json()
            assert [(each["name"], each["method"], each["path"]) for each in shown["allowed"]] == expected
            assert shown["waiting_for"] is None
    async with kpi.as_("partner_quality", partner_id=new_world().maker) as partner:
        assert (await partner.get(f"/kpis/{code}")).json()["allowed"] == []
        assert (await partner.get(f"/kpis/{code}/history")).status_code == 403


async def test_a_kpis_history_tells_its_versions_and_its_targets(kpi: Any) -> None:
    body, why = new(), {"X-Reason": "agreed in the quarterly review"}
    code = (await kpi.client.post("/kpis", json=body)).json()["code"]
    await kpi.client.put(f"/kpis/{code}/target", json={"value": "0.1", "red": "0.2"}, headers={"If-Match": "*"})
    formula = {name: value for name, value in body.items() if name != "code"}
    await kpi.client.post(f"/kpis/{code}/versions", json=formula | {"name": "OOS for each batch"}, headers=why)
    await kpi.client.put(f"/kpis/{code}/target", json={"value": "0.05", "red": "0.2"}, headers={"If-Match": "*"})
    found = (await kpi.client.get(f"/kpis/{code}/history")).json()["items"]
    assert [(each["part"], each["done"]) for each in found] == [
        ("kpi_definition", "created"),
        ("kpi_target", "created"),
        ("kpi_definition", "created"),
        ("kpi_target", "changed"),
    ]
    assert found[2]["reason"] == why["X-Reason"]
    assert {"field": "value", "before": "0.1", "after": "0.05"} in found[3]["changes"]
    assert (await kpi.client.get("/kpis/nothing_known/history")).status_code == 404
