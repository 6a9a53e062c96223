"""Whether the receiving site may do the work, by what partner-registry tells: late, in any order, and after a gate."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.qualifications import SiteQualificationChanged
from services.tech_transfer.tests.designing import changed, decided, planned
from services.tech_transfer.tests.passing import standing, unmet
from tests.world import handled

HELD = {"valid_from": "2020-02-01", "valid_to": None}


def qualified(known: Any) -> list[Any]:
    """What is told of the receiving site: that it is to be assessed, may do the work, and may not any more."""
    plan = planned(known.site, known.maker, uuid4())
    return [plan, changed(plan, "approved", **HELD), changed(plan, "suspended", **HELD)]


async def test_a_suspension_marks_the_gate_that_was_passed(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer = await started()
    plan, approved, suspended = qualified(known)
    assert "receiving_site" in await unmet(service, transfer, "planning")
    await handled(bus, database, plan)
    assert "receiving_site" not in await unmet(service, transfer, "planning")
    await decided(service, transfer, "planning", but=await unmet(service, transfer, "planning"))
    await handled(bus, database, approved, sequence="2")
    assert await standing(service, transfer, "planning") == "conditional"
    await handled(bus, database, suspended, sequence="3")
    assert await standing(service, transfer, "planning") == "no_longer_true"
    marked = {"transfer_id": transfer["id"], "rule": "receiving_site"}
    for partner in (known.sender, known.maker):
        async with service.as_("partner_quality", partner_id=partner) as unit:
            (action,) = (await unit.get("/transfer-actions", params=marked)).json()["items"]
            assert (action["state"], "suspended" in action["text"]) == ("open", False)
            assert await standing(service, transfer, "planning") == "no_longer_true"
            gates = (await unit.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
            assert gates[1]["standing"] == "no_longer_true", "whoever asks, by the same facts"
    again = SiteQualificationChanged(**suspended.model_dump() | {"after": "approved"})
    await handled(bus, database, again, sequence="4")
    assert await standing(service, transfer, "planning") == "conditional"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_in_any_order_the_same(
    service: Any, known: Any, started: Any, bus: Any, database: Any, order: tuple[int, ...]
) -> None:
    transfer = await started()
    facts = qualified(known)
    for place in order:
        await handled(bus, database, facts[place], sequence=str(place + 1))
    assert "receiving_site" in await unmet(service, transfer, "planning")
