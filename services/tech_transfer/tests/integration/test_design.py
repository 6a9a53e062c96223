"""Quality by design over HTTP: ranges that fit, a matrix that is whole, and who reads it."""

from typing import Any
from uuid import UUID, uuid4

from services.tech_transfer.tests.designing import CPP, CQA, DIGEST, cell, decided, designed
from services.tech_transfer.tests.passing import standing, unmet

WHY = {"reason": "learned from the engineering batch"}
CONTROL = {"control": "the press stops outside of 11 to 13 kN", "control_evidence": DIGEST}


async def test_ranges_lie_within_each_other_or_the_wrong_bound_is_named(service: Any, started: Any) -> None:
    mine = {"transfer_id": (await started())["id"], "code": "CPP-1"}
    refused = await service.client.post("/cpps", json=CPP | mine | {"normal_upper": "15.1"})
    assert (refused.status_code, refused.json()["fields"]) == (409, ["normal_upper", "proven_upper"])
    assert refused.json()["detail"].endswith("at most 15 is right")
    unknown = await service.client.post("/cpps", json=CPP | mine | {"unit": "kilos"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "body.unit")
    cpp = await service.client.done("/cpps", CPP | mine)
    for code in ("CPP-1", "cpp-1"):
        again = await service.client.post("/cpps", json=CPP | mine | {"code": code})
        assert (again.status_code, again.json()["fields"]) == (409, ["code"])
        assert "has a CPP-1 already" in again.json()["detail"]
    path = f"/cpps/{cpp['id']}"
    assert (await service.client.post(f"{path}/revision", json=CPP)).status_code == 422, "nobody says why"
    revised = await service.client.done(f"{path}/revision", CPP | WHY | {"proven_upper": "16"})
    assert (revised["revision"], revised["proven_upper"], revised["reason"]) == (2, "16", WHY["reason"])
    past = (await service.client.get(f"{path}/history")).json()["items"]
    bounds = [each for entry in past for each in entry["changes"] if each["field"] == "proven_upper"]
    assert [(each["before"], each["after"]) for each in bounds] == [(None, 15), (15, 16)]


async def test_the_matrix_is_whole_before_process_development_is_passed(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    path, mine = f"/transfers/{transfer['id']}/qbd", {"transfer_id": transfer["id"]}
    profile = {"elements": [{"element": "route of administration", "aim": "oral"}]}
    await service.client.done("/target-profiles", mine | profile)
    assert (await service.client.post("/target-profiles", json=mine | profile)).status_code == 409
    row = await service.client.done("/cqas", CQA | mine | {"code": "CQA-1"})
    column = await service.client.done("/cpps", CPP | mine | {"code": "CPP-1"})
    matrix = (await service.client.get(path)).json()
    assert (matrix["asked"], matrix["unknown"], matrix["complete"], matrix["cells"][0]["effect"]) == (
        True,
        1,
        False,
        None,
    )
    high = cell(row["id"], column["id"], "high")
    made = await service.client.done("/qbd-cells", high)
    assert "qbd_matrix" in await unmet(service, transfer, "process_development")
    assert (await service.client.post("/qbd-cells", json=high | CONTROL)).json()["fields"] == ["reason"]
    controlled = await service.client.done("/qbd-cells", high | CONTROL | WHY)
    assert (controlled["id"], controlled["revision"]) == (made["id"], 2)
    assert "qbd_matrix" not in await unmet(service, transfer, "process_development")
    for partner in (known.sender, known.maker):
        async with service.as_("partner_quality", partner_id=partner) as unit:
            read = (await unit.get(path)).json()
            assert (read["complete"], read["cells"][0]["control"]) == (True, CONTROL["control"])
            assert read["profile"] == profile["elements"]
            assert (await unit.get("/cpps", params=mine)).json()["items"][0]["set_point"] == "12"
            assert (await unit.post(f"/cqas/{row['id']}/withdrawal", json=WHY)).status_code == 403
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        for place in (path, f"/cqas/{row['id']}", f"/cpps/{column['id']}", f"/qbd-cells/{made['id']}"):
            assert (await rival.get(place)).status_code == 404
        for place in ("/cqas", "/cpps", "/qbd-cells", "/target-profiles"):
            assert (await rival.get(place)).json()["items"] == []


async def test_cells_are_of_what_there_is(service: Any, started: Any) -> None:
    one, other = await designed(service, await started()), await designed(service, await started())
    mixed = await service.client.post("/qbd-cells", json=cell(one["cqa"]["id"], other["cpp"]["id"]))
    assert (mixed.status_code, mixed.json()["fields"]) == (409, ["cqa_id", "cpp_id"])
    assert (await service.client.post("/qbd-cells", json=cell(uuid4(), one["cpp"]["id"]))).status_code == 404
    path = f"/cqas/{one['cqa']['id']}"
    revised = await service.client.done(f"{path}/revision", CQA | WHY | {"lower": "85"})
    assert (revised["code"], revised["lower"], revised["revision"]) == ("CQA-1", "85", 2)
    await service.client.done(f"{path}/withdrawal", WHY)
    gone = await service.client.post("/qbd-cells", json=cell(one["cqa"]["id"], one["cpp"]["id"]) | WHY)
    assert (gone.status_code, gone.json()["fields"]) == (409, ["cqa_id"])
    matrix = (await service.client.get(f"/transfers/{one['cqa']['transfer_id']}/qbd")).json()
    assert (matrix["cqas"], matrix["cells"], len(matrix["cpps"])) == ([], [], 1)


async def test_a_new_parameter_marks_a_gate_that_was_passed(service: Any, started: Any) -> None:
    transfer = await started()
    await designed(service, transfer)
    await decided(service, transfer, "process_development", but=await unmet(service, transfer, "process_development"))
    assert await standing(service, transfer, "process_development") == "conditional"
    mine = {"transfer_id": transfer["id"]}
    column = await service.client.done("/cpps", CPP | mine | {"code": "CPP-2"})
    assert await standing(service, transfer, "process_development") == "no_longer_true"
    marked = {"transfer_id": transfer["id"], "rule": "qbd_matrix"}
    (action,) = (await service.client.get("/transfer-actions", params=marked)).json()["items"]
    assert (action["state"], action["text"]) == ("open", "nobody assessed CQA-1 by CPP-2")
    row = (await service.client.get("/cqas", params=mine)).json()["items"][0]
    await service.client.done("/qbd-cells", cell(UUID(row["id"]), UUID(column["id"])))
    assert await standing(service, transfer, "process_development") == "conditional"
    assert (await service.client.get(f"/transfer-actions/{action['id']}")).json()["state"] == "settled"
