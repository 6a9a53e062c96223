"""Gaps over HTTP: compared, agreed to by both units, and a critical one ended by two people's signatures."""

from typing import Any
from uuid import UUID, uuid4

from contracts.transfer_gaps import GapCategory, GapClosed, GapIdentified

MITIGATION = {"mitigation": "Blend longer; show uniformity", "owner": "Ana Novak", "due_on": "2036-04-30"}
RISK = {"residual_risk": "Blending takes 4 min longer"}


def _gap(transfer: Any, **more: Any) -> dict[str, Any]:
    return {
        **{"transfer_id": transfer["id"], "category": "scale", "what": "Tip speed", "severity": "major"},
        **{"sending": {"value": "3.2", "unit": "m/s"}, "receiving": {"value": "240", "unit": "m/min"}},
    } | more


async def _asked(client: Any, transfer: Any, rule: str) -> list[tuple[str, str]]:
    gates = (await client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    return [(each["unit"], each["why"]) for gate in gates for each in gate["unmet"] if each["rule"] == rule]


async def _agree(service: Any, known: Any, path: str) -> Any:
    async with service.as_("partner_quality", partner_id=known.sender) as sender:
        await sender.done(f"{path}/sending-agreement")
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        return await receiver.done(f"{path}/receiving-agreement")


async def test_two_values_are_compared_exactly(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    gap = await service.client.done("/gaps", _gap(transfer))
    assert (gap["ratio"], gap["exact_ratio"]) == ("1.25", "5/4")
    surfaces = {"sending": {"value": "2", "unit": "m2/m3"}, "receiving": {"value": "6", "unit": "1/cm"}}
    wide = await service.client.done("/gaps", _gap(transfer, what="Surface to volume", **surfaces))
    assert (wide["ratio"], wide["exact_ratio"]) == ("300", "300/1")
    warmer = {"sending": {"value": "20", "unit": "Cel"}, "receiving": {"value": "40", "unit": "Cel"}}
    shown = await service.client.done("/gaps", _gap(transfer, category="environment", **warmer))
    assert (shown["ratio"], "no multiples" in shown["ratio_unjudged"]) == (None, True)
    other = _gap(transfer, receiving={"value": "240", "unit": "kg"})
    refused = await service.client.post("/gaps", json=other)
    assert (refused.status_code, "kg does not measure what m/s measures" in refused.text) == (422, True)
    half = _gap(transfer, receiving={"words": "a faster one"})
    assert (await service.client.post("/gaps", json=half)).status_code == 422


async def test_both_units_agree_and_one_person_ends_what_is_not_critical(
    service: Any, known: Any, started: Any, bus: Any
) -> None:
    transfer = await started()
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        gap = await receiver.done("/gaps", _gap(transfer))
        path = f"/gaps/{gap['id']}"
        assert gap["waiting_for"]["side"] == "sponsor"
        early = await receiver.post(f"{path}/receiving-agreement")
        assert (early.status_code, "no mitigation" in early.json()["detail"]) == (409, True)
        await receiver.done(f"{path}/mitigation", MITIGATION)
        half = await receiver.done(f"{path}/receiving-agreement")
        assert (half["state"], half["waiting_for"]["partner_id"]) == ("identified", str(known.sender))
        why = {"X-Reason": "the blender is worn"}
        changed = await receiver.post(f"{path}/mitigation", json=MITIGATION | {"owner": "Eva Kos"}, headers=why)
        assert changed.json()["receiving_agreed_by"] is None
        assert why["X-Reason"] in (await receiver.get(f"{path}/history")).text
    assert why["X-Reason"] in (await service.client.get(f"{path}/history")).text
    async with service.as_("partner_quality", partner_id=known.sender) as sender:
        for past in (f"{path}/history", f"/audit/{gap['id']}"):
            seen = (await sender.get(past)).text
            assert ("Eva Kos" in seen, why["X-Reason"] in seen) == (True, False), "why is the other partner's own"
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
    agreed = await _agree(service, known, path)
    assert agreed["state"] == "mitigation_agreed"
    closed = await service.client.done(f"{path}/closure", {"evidence": "0b" * 32})
    assert closed["state"] == "closed"
    id = UUID(gap["id"])
    (identified,) = await bus.told(GapIdentified, gap_id=id)
    (ended,) = await bus.told(GapClosed, gap_id=id)
    assert (identified.category, ended.outcome) == ("scale", "closed")


async def test_a_critical_gap_holds_the_gate_and_two_people_end_it(
    service: Any, known: Any, started: Any, bus: Any
) -> None:
    transfer = await started()
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        gap = await receiver.done("/gaps", _gap(transfer, severity="critical"))
    path, number = f"/gaps/{gap['id']}", gap["gap_number"]
    about = f"{number} (scale) is critical, and"
    asked = await _asked(service.client, transfer, "critical_gaps")
    assert asked == [("sponsor", f"{about} no mitigation is proposed")]
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        await receiver.done(f"{path}/mitigation", MITIGATION)
        await receiver.done(f"{path}/receiving-agreement")
    asked = await _asked(service.client, transfer, "critical_gaps")
    assert asked == [("sending", f"{about} the sending unit has not agreed to its mitigation")]
    async with service.as_("partner_quality", partner_id=known.sender) as sender:
        await sender.done(f"{path}/sending-agreement")
    assert await _asked(service.client, transfer, "critical_gaps") == []
    lowered = await service.second.done(f"{path}/severity", {"severity": "minor", "reason": "it is scaled down"})
    assert (lowered["severity"], lowered["was_critical"], lowered["state"]) == ("minor", True, "mitigation_agreed")
    assert "it is scaled down" in (await service.client.get(f"{path}/history")).text
    for alone, body in (("closure", {"evidence": "0b" * 32}), ("acceptance", RISK), ("sign-off", None)):
        assert (await service.client.post(f"{path}/{alone}", json=body)).status_code == 409
    endorsed = await service.client.done(f"{path}/endorsement", RISK)
    assert (endorsed["state"], endorsed["signatures"][0]["action"]) == ("mitigation_agreed", "endorse")
    assert (await service.client.post(f"{path}/sign-off")).status_code == 403
    ended = await service.second.done(f"{path}/sign-off")
    assert (ended["state"], ended["residual_risk"]) == ("accepted", RISK["residual_risk"])
    assert [(each["action"], each["holds"]) for each in ended["signatures"]] == [("endorse", True), ("sign_off", True)]
    (fact,) = await bus.told(GapClosed, gap_id=UUID(gap["id"]))
    assert (fact.outcome, fact.severity) == ("accepted", "minor")


async def test_a_graver_gap_is_agreed_to_once_more(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    gap = await service.client.done("/gaps", _gap(transfer, proposed=MITIGATION))
    path = f"/gaps/{gap['id']}"
    await _agree(service, known, path)
    graver = await service.second.done(f"{path}/severity", {"severity": "critical", "reason": "the API is at risk"})
    assert (graver["state"], graver["sending_agreed_by"]) == ("identified", None)
    assert len(await _asked(service.client, transfer, "critical_gaps")) == 2
    assert (await _agree(service, known, path))["state"] == "mitigation_agreed"


async def test_every_category_is_looked_at(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    assert len(await _asked(service.client, transfer, "gaps_looked_for")) == len(GapCategory)
    await service.client.done("/gaps", _gap(transfer))
    search = {"transfer_id": transfer["id"], "looked_at": "Water, air, nitrogen: same grades"}
    async with (
        service.as_("partner_quality", partner_id=known.maker) as receiver,
        service.as_("partner_quality", partner_id=uuid4()) as rival,
    ):
        for category in GapCategory:
            if category != GapCategory.scale:
                found = await receiver.done("/gap-searches", search | {"category": category})
        assert (await rival.post("/gap-searches", json=search | {"category": "scale"})).status_code == 404
    assert await _asked(service.client, transfer, "gaps_looked_for") == []
    await service.client.done(f"/gap-searches/{found['id']}/withdrawal", {"reason": "not all of it was looked at"})
    asked = await _asked(service.client, transfer, "gaps_looked_for")
    assert asked == [("sponsor", "nobody has said whether the sites differ in regulatory")]
