"""A transfer is closed by a report over HTTP: written from the records, signed, frozen, and looked at again."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.transfer_closure import TransferClosed
from services.tech_transfer.tests.passing import passed
from serving.canonical import canonical_json, sha256
from tech_transfer.transfers.schemas import TechTransferState

LESSON = {
    "category": "package",
    "title": "Limits came last",
    "text": "100 % of the limits were late",
    "recommendation": "Ask for exposure limits first",
}


async def test_it_is_written_signed_frozen_and_verified(
    service: Any, known: Any, started: Any, placed: Any, bus: Any, database: Any
) -> None:
    transfer = await started(sending_site_id=None, markets=["AT"])
    of_it = {"transfer_id": transfer["id"]}
    early = await service.client.post("/closure-reports", json=of_it)
    assert (early.status_code, "initiation" in early.json()["detail"]) == (409, True)
    await passed(service, transfer, "initiation")
    await placed(transfer, TechTransferState.closure)
    report = await service.client.done("/closure-reports", of_it)
    path = f"/closure-reports/{report['id']}"
    assert report["number"] in (await service.client.post("/closure-reports", json=of_it)).json()["detail"]
    assert (await service.client.post(f"{path}/signature")).status_code == 403, "who had it written does not sign"
    lesson = await service.client.done("/lessons", of_it | LESSON)
    stale = await service.second.post(f"{path}/signature")
    assert (stale.status_code, stale.json()["changed"]) == (409, ["lessons"])
    await service.client.done(f"{path}/refresh")
    statements = (await service.client.get("/statements", params=of_it)).json()["items"]
    (agreement,) = (each for each in statements if each["rule"] == "quality_agreement")
    await service.client.done(f"/statements/{agreement['id']}/withdrawal", {"reason": "it was ended"})
    (action,) = (await service.client.get("/transfer-actions", params=of_it | {"state": "open"})).json()["items"]
    await service.client.done(f"{path}/refresh")
    refused = await service.second.post(f"{path}/signature")
    assert (refused.status_code, refused.json()["actions"]) == (409, [action["number"]])
    assigned = {"owner": "Bor of quality", "due_on": "2036-01-31", "reason": "it goes on after the transfer"}
    await service.client.done(f"/transfer-actions/{action['id']}/assignment", assigned)
    await service.client.done(f"{path}/refresh")
    signed = await service.second.done(f"{path}/signature")
    assert (signed["state"], [each["holds"] for each in signed["signatures"]]) == ("signed", [True])
    assert (await service.client.get(f"/transfers/{transfer['id']}")).json()["state"] == "closed"
    (fact,) = await bus.told(TransferClosed, transfer_id=UUID(transfer["id"]))
    assert (fact.report_digest, str(fact.report_id)) == (signed["digest"], signed["id"])
    shown = (await service.client.get(path)).json()
    assert sha256(canonical_json(shown["sections"])) == signed["digest"]
    rows = {each["name"]: each["rows"] for each in shown["sections"]}
    assert rows["lessons"] == [[lesson["number"], *LESSON.values()]]
    assert (await service.client.get(f"{path}/pdf")).content.startswith(b"%PDF")
    verified = (await service.client.get(f"{path}/verification")).json()
    assert (verified["intact"], verified["same"]) == (True, True)
    await service.client.done(f"/lessons/{lesson['id']}/withdrawal", {"reason": "it was wrong"})
    verified = (await service.client.get(f"{path}/verification")).json()
    assert (verified["intact"], [each["name"] for each in verified["sections"] if not each["same"]]) == (
        *(True,),
        ["lessons"],
    )
    with pytest.raises(asyncpg.CheckViolationError, match="signed"):
        await database.execute("UPDATE closure_report SET content = '[]' WHERE id = $1", UUID(report["id"]))
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        for of in (path, f"{path}/history", f"{path}/pdf", "/closure-reports", "/lessons"):
            assert (await receiver.get(of)).status_code == 403
        assert signed["number"] not in json.dumps((await receiver.get(f"/transfers/{transfer['id']}/history")).json())


async def test_a_critical_gap_ends_before_the_transfer_is_closed(
    service: Any, known: Any, started: Any, placed: Any
) -> None:
    transfer = await started(sending_site_id=None)
    proposed = {"mitigation": "Blend longer", "owner": "Eva Kos", "due_on": "2036-04-30"}
    said: dict[str, Any] = {"sending": {"words": "a bin blender"}, "receiving": {"words": "a cone"}, "what": "Blender"}
    said |= {"category": "scale", "severity": "critical", "proposed": proposed}
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        gap = await receiver.done("/gaps", said | {"transfer_id": transfer["id"]})
        await receiver.done(f"/gaps/{gap['id']}/receiving-agreement")
    await placed(transfer, TechTransferState.closure)
    report = await service.client.done("/closure-reports", {"transfer_id": transfer["id"]})
    signature = f"/closure-reports/{report['id']}/signature"
    for ending in ("own-unit-agreement", "endorsement", "sign-off"):
        refused = await service.second.post(signature)
        assert (refused.status_code, refused.json()["gaps"]) == (409, [gap["gap_number"]]), ending
        one = service.second if ending == "sign-off" else service.client
        await one.done(f"/gaps/{gap['id']}/{ending}", {"residual_risk": "x"} if ending == "endorsement" else None)
        await service.client.done(f"/closure-reports/{report['id']}/refresh")
    assert (await service.second.done(signature))["state"] == "signed"


async def test_lessons_are_found_at_the_next_transfer(service: Any, started: Any) -> None:
    of_it = {"transfer_id": (await started())["id"]}
    first = await service.client.done("/lessons", of_it | LESSON)
    await service.client.done("/lessons", of_it | LESSON | {"category": "people", "text": "nobody came"})

    async def found(**asked: str) -> list[str]:
        answer = await service.client.get("/lessons", params=of_it | asked)
        return [each["number"] for each in answer.json()["items"]]

    assert await found(category="package") == [first["number"]]
    assert await found(q="100 % OF THE") == [first["number"]]
    assert await found(q="100 _ of") == [], "what it looks for is meant as it is written"
    assert len(await found(q="exposure")) == 2
