"""What each gate asks for, done in tests over HTTP; and the three signatures by which it is passed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

DIGEST = "0" * 64
DESCRIBED = {"success_criteria": ["three conforming batches"]} | {
    "team": [{"person": "Ana", "unit": "MSAT", "role": "lead"}]
}
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


FULFIL: Mapping[str, Done] = {
    "team": describe,
    "success_criteria": describe,
    **{rule: stating(rule) for rule in ("quality_agreement", "transfer_plan", "protocols", "equipment_qualified")},
    **{rule: stating(rule) for rule in ("cleaning_verified", "commercial_order", "verification_plan")},
    "trained_people": stating("trained_people"),
}
"""By rule what makes it met."""


async def unmet(service: Any, transfer: Any, gate: str) -> list[str]:
    """The rules of a gate that are not met."""
    gates = (await service.client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    (one,) = (each for each in gates if each["gate"] == gate)
    return [each["rule"] for each in one["unmet"]]


async def fulfil(service: Any, transfer: Any, gate: str, but: str = "") -> None:
    """Do all that a gate asks for, but one rule."""
    for rule in await unmet(service, transfer, gate):
        if rule != but and rule in await unmet(service, transfer, gate):
            await FULFIL[rule](service, transfer)


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
