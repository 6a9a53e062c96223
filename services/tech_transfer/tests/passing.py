"""What each gate asks for, done in tests over HTTP; and the three signatures by which it is passed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from contracts.transfer_gaps import GapCategory
from services.tech_transfer.tests.designing import designed, scored, site_planned
from services.tech_transfer.tests.qualifying import engineer, entitle, qualify, store

DIGEST = "0" * 64
DESCRIBED = {"success_criteria": ["three conforming batches"]} | {
    "team": [{"person": "Ana", "unit": "MSAT", "role": "lead"}]
}
MITIGATION = {"mitigation": "Blend longer; show uniformity", "owner": "Ana Novak", "due_on": "2036-04-30"}
Done = Callable[[Any, Any], Awaitable[Any]]


def stating(rule: str) -> Done:
    """Quality states what no fact tells."""

    async def state(service: Any, transfer: Any) -> Any:
        body = {"transfer_id": transfer["id"], "rule": rule, "evidence": "QA-7", "digest": DIGEST}
        return await service.client.done("/statements", body)

    return state


async def describe(service: Any, transfer: Any) -> Any:
    """MSAT says who works on it, and what counts as a success."""
    return await service.client.done(f"/transfers/{transfer['id']}/description", DESCRIBED)


async def search(service: Any, transfer: Any) -> Any:
    """The receiving unit looks for gaps in every category, and finds none."""
    body = {"transfer_id": transfer["id"], "looked_at": "the same in both sites"}
    async with service.as_("partner_quality", partner_id=transfer["receiving_partner_id"]) as receiver:
        for category in GapCategory:
            await receiver.done("/gap-searches", body | {"category": category})


def document(version: str) -> dict[str, str]:
    """A document of the package, another each time."""
    return {"document_version": version, "digest": uuid4().hex * 2, "file_name": f"MBR-0042_{version}.pdf"}


async def hand_over(service: Any, transfer: Any) -> Any:
    """One mandatory item is listed, provided, and accepted by the receiving unit."""
    listed = {"transfer_id": transfer["id"], "category": "batch_record", "title": "Master batch record"}
    path = f"/package-items/{(await service.client.done('/package-items', listed))['id']}"
    if sender := transfer["sending_partner_id"]:
        async with service.as_("partner_quality", partner_id=sender) as person:
            await person.done(f"{path}/provision", document("1.0"))
    else:
        await service.client.done(f"{path}/own-unit-provision", document("1.0"))
    async with service.as_("partner_quality", partner_id=transfer["receiving_partner_id"]) as receiver:
        return await receiver.done(f"{path}/acceptance")


async def need_no_submission(service: Any, transfer: Any) -> None:
    """Regulatory says of each market that nothing is submitted there."""
    for market in transfer["markets"]:
        said = {"transfer_id": transfer["id"], "market": market, "kind": "none", "reason": "registered there already"}
        await service.client.done("/submissions", said)


async def agree_to_gaps(service: Any, transfer: Any) -> None:
    """What is done about each critical gap is said, and both units agree to it."""
    asked = {"transfer_id": transfer["id"], "severity": "critical", "state": "identified"}
    for gap in (await service.client.get("/gaps", params=asked)).json()["items"]:
        path = f"/gaps/{gap['id']}"
        if gap["mitigation"] is None:
            await service.client.done(f"{path}/mitigation", MITIGATION)
        if gap["sending_agreed_by"] is None and (sender := transfer["sending_partner_id"]):
            async with service.as_("partner_quality", partner_id=sender) as person:
                await person.done(f"{path}/sending-agreement")
        elif gap["sending_agreed_by"] is None:
            await service.client.done(f"{path}/own-unit-agreement")
        if gap["receiving_agreed_by"] is None:
            async with service.as_("partner_quality", partner_id=transfer["receiving_partner_id"]) as person:
                await person.done(f"{path}/receiving-agreement")


FULFIL: Mapping[str, Done] = {
    "team": describe,
    "success_criteria": describe,
    **{rule: stating(rule) for rule in ("quality_agreement", "transfer_plan", "protocols", "equipment_qualified")},
    **{rule: stating(rule) for rule in ("cleaning_verified", "commercial_order", "verification_plan")},
    "trained_people": stating("trained_people"),
    "gaps_looked_for": search,
    "package": hand_over,
    **{"risk_list": scored, "receiving_site": site_planned, "qbd_matrix": designed},
    **{"critical_gaps": agree_to_gaps, "engineering_batch": engineer, "ppq_series": qualify},
    **dict.fromkeys(("methods_for_batches", "methods_entitled"), entitle),
    "stability_started": store,
    "submissions": need_no_submission,
}
"""By rule what makes it met."""


async def unmet(service: Any, transfer: Any, gate: str) -> list[str]:
    """The rules of a gate that are not met."""
    gates = (await service.client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    (one,) = (each for each in gates if each["gate"] == gate)
    return [each["rule"] for each in one["unmet"]]


async def fulfil(service: Any, transfer: Any, gate: str, but: str = "") -> None:
    """Do all that a gate asks for, but one rule."""
    rules = [rule for rule in await unmet(service, transfer, gate) if rule != but]
    for done in dict.fromkeys(FULFIL[rule] for rule in rules):  # one may do what several rules ask for
        await done(service, transfer)


async def proposed(service: Any, transfer: Any, gate: str, verdict: str = "passed", **more: Any) -> Any:
    """MSAT puts a decision before those who sign it."""
    body = {"transfer_id": transfer["id"], "gate": gate, "verdict": verdict} | more
    return await service.client.done("/gate-decisions", body)


async def signed(service: Any, transfer: Any, decision: Any) -> Any:
    """Both units and quality sign a decision."""
    path = f"/gate-decisions/{decision['id']}"
    if sender := transfer["sending_partner_id"]:
        async with service.as_("partner_quality", partner_id=sender) as person:
            await person.done(f"{path}/sending-signature")
    else:
        await service.client.done(f"{path}/own-unit-signature")
    async with service.as_("partner_quality", partner_id=transfer["receiving_partner_id"]) as person:
        await person.done(f"{path}/receiving-signature")
    return await service.second.done(f"{path}/signature")


async def passed(service: Any, transfer: Any, gate: str) -> Any:
    """Do all that a gate asks for, and pass it."""
    await fulfil(service, transfer, gate)
    return await signed(service, transfer, await proposed(service, transfer, gate))


async def standing(service: Any, transfer: Any, gate: str) -> str:
    """Where a gate stands."""
    gates = (await service.client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    return str(next(each["standing"] for each in gates if each["gate"] == gate))
