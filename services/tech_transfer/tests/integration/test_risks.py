"""Risks over HTTP: scored at each gate, and those of the sponsor alone nowhere that a partner looks."""

from typing import Any
from uuid import UUID

from services.tech_transfer.tests.designing import SCORES
from services.tech_transfer.tests.passing import passed, unmet

NAMED = SCORES | {"failure_mode": "wet granules", "effect": "sticking"}
SECRET = NAMED | {"failure_mode": "the receiving unit is bankrupt soon", "sponsor_only": True}
WORSE = {"severity": 5, "occurrence": 4, "detection": 4}


async def test_a_risk_is_scored_at_each_gate_and_a_rise_says_why(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    assert "risk_list" in await unmet(service, transfer, "initiation")
    risk = await service.client.done("/risks", NAMED | {"transfer_id": transfer["id"]})
    assert (risk["priority"], risk["risk_class"], risk["scored_at_gate"]) == (16, "low", "initiation")
    assert "risk_list" not in await unmet(service, transfer, "initiation")
    await passed(service, transfer, "initiation")
    assert "risk_list" in await unmet(service, transfer, "planning")
    path = f"/risks/{risk['id']}"
    refused = await service.client.post(f"{path}/scores", json=WORSE)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["reason"])
    await service.client.done(f"{path}/scores", WORSE | {"reason": "seen in development"})
    assert "risk_list" not in await unmet(service, transfer, "planning")
    async with service.as_("partner_quality", partner_id=known.sender) as unit:
        read = (await unit.get(path)).json()
        assert (await unit.post(f"{path}/scores", json=SCORES)).status_code == 403
    assert (read["first_priority"], read["first_class"], read["priority"], read["risk_class"]) == (
        16,
        "low",
        80,
        "high",
    )
    assert [(each["gate"], each["reason"]) for each in read["series"]] == [
        ("initiation", None),
        ("planning", "seen in development"),
    ]
    too_many = await service.client.post("/risks", json=NAMED | {"transfer_id": transfer["id"], "severity": 6})
    assert too_many.status_code == 422


async def test_why_a_gate_is_blocked_says_no_score(service: Any, started: Any) -> None:
    transfer = await started()
    risk = await service.client.done("/risks", NAMED | {"transfer_id": transfer["id"]})
    gates = (await service.client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    (said,) = [each for each in gates[1]["unmet"] if each["rule"] == "risk_list"]
    assert (said["why"], said["unit"], said["record"]["number"]) == (
        *(f"{risk['number']} is not scored at planning", "sponsor"),
        risk["number"],
    )


async def test_what_is_the_sponsors_alone_no_partner_learns_of_by_any_route(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    """What partners are answered, and what is told, is the same with it and without it."""
    transfer = await started()
    mine = {"transfer_id": transfer["id"]}
    asked = [f"/transfers/{transfer['id']}", "/risks?count=true", "/transfer-actions?count=true"]
    asked += [f"/transfers/{transfer['id']}/{what}" for what in ("gates", "history", "qbd")]

    async def everything() -> list[list[Any]]:
        answers = []
        for partner in (known.sender, known.maker):
            async with service.as_("partner_quality", partner_id=partner) as unit:
                answers.append([(await unit.get(path)).json() for path in asked])
        return answers

    before = await everything()
    secret = await service.client.done("/risks", SECRET | mine)
    await service.client.done(f"/risks/{secret['id']}/scores", WORSE | {"reason": "their bank says so"})
    assert await everything() == before
    assert "risk_list" in await unmet(service, transfer, "initiation"), "no gate is met by it, or asks for it"
    for partner in (known.sender, known.maker):
        async with service.as_("partner_quality", partner_id=partner) as unit:
            for path in (f"/risks/{secret['id']}", f"/risks/{secret['id']}/history"):
                assert (await unit.get(path)).status_code == 404
            answer = await unit.post(f"/risks/{secret['id']}/scores", json=SCORES)
            assert secret["failure_mode"] not in answer.text
            assert answer.status_code in (403, 404)
    told = await database.fetch("SELECT type FROM outbox WHERE data LIKE '%' || $1 || '%'", secret["id"])
    assert told == []
    assert await database.fetchval("SELECT count(*) FROM party WHERE record_id = $1", UUID(secret["id"])) == 0
    (listed,) = (await service.client.get("/risks", params=mine | {"sponsor_only": True})).json()["items"]
    assert listed["failure_mode"] == SECRET["failure_mode"]
    await service.client.done(f"/risks/{secret['id']}/closure", {"reason": "they are not"})


async def test_the_database_gives_a_partner_none_of_them_either(
    service: Any, known: Any, started: Any, database: Any
) -> None:
    transfer = await started()
    await service.client.done("/risks", SECRET | {"transfer_id": transfer["id"]})
    async with database.transaction():
        await database.execute("SELECT set_config('entente.tenant', $1, true)", str(known.maker))
        await database.execute("SET LOCAL ROLE svc_partner")
        assert await database.fetch("SELECT * FROM risk") == []
        assert await database.fetch("SELECT of_transfer('risk', $1)", UUID(transfer["id"])) == []
