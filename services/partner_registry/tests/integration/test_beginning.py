"""What the first qualification makes of a partner beside what is said of its company, over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

TODAY = str(datetime.now(UTC).date())
FLOOR = """
INSERT INTO risk_floor (id, site_id, cause, fact, dimension, band, for_cause, holds_from, due_at)
VALUES ($1, $2, 'import alert', 'RegulatoryInspectionClassified', 'regulatory', 'critical', true, now(), now())
"""


@pytest.fixture
def quality(registry: Any) -> Any:
    return registry.as_("quality", subject="quinn")


@pytest.fixture
def state(registry: Any) -> Any:
    async def of(partner_id: str) -> Any:
        return (await registry.client.get(f"/partners/{partner_id}")).json()["state"]

    return of


@pytest.fixture
def second(registry: Any, qualify: Any) -> Any:
    """A further site of a partner, that can be qualified."""

    async def made(partner_id: str) -> Any:
        body = {"partner_id": partner_id, "name": "Second", "country": "AT", "time_zone": "UTC"}
        found = await registry.client.done("/sites", body | {"activities": ["drug_product"]})
        await qualify.certified(found)
        return found

    return made


@pytest.fixture
def alerted(database: Any, site: Any) -> Any:
    """An import alert proposes that the site's partner is suspended."""
    return lambda: database.execute(FLOOR, uuid4(), UUID(site["id"]))


@pytest.fixture
def suspended(registry: Any, qualify: Any, site: Any, younger: Any, second: Any, unite: Any, quality: Any) -> Any:
    """A site of the younger number, whose company is suspended under the elder one, either of which came first."""

    async def run(first: str) -> Any:
        await qualify.certified(site)
        await qualify.approved(site)
        other = await second(younger["id"])
        await quality.done(f"/partners/{site['partner_id']}/suspension", {"reason": "falsified records"})
        for step in (unite, lambda: qualify.approved(other))[:: 1 if first == "united" else -1]:
            await step()
        return other

    return run


@pytest.mark.parametrize("first", ["qualified", "united"])
async def test_a_number_of_a_suspended_company_is_suspended_and_lifted_with_it_whichever_came_first(
    site: Any, younger: Any, suspended: Any, quality: Any, state: Any, first: str
) -> None:
    await suspended(first)
    assert await state(younger["id"]) == "suspended"
    await quality.done(f"/partners/{site['partner_id']}/activation", {"reason": "rebuilt"})
    assert await state(younger["id"]) == "active"


async def test_the_sale_of_a_site_of_a_suspended_company_lifts_nothing(
    registry: Any, younger: Any, third: Any, suspended: Any, state: Any, tick: Any, eventually: Any
) -> None:
    other = await suspended("united")
    sale = {"site_id": other["id"], "buyer_id": third["id"], "effective_on": TODAY, "reason": "sold"}
    await registry.client.done("/site-transfers", sale)

    async def effective() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        return (await registry.client.get(f"/sites/{other['id']}")).json()["partner_id"] == third["id"]

    await eventually(effective)
    found = (await registry.client.get("/qualifications", params={"site_id": other["id"]})).json()["items"]
    assert not {each["state"] for each in found} & {"approved", "conditional"}
    assert await state(third["id"]) == "prospect"


async def test_a_prospect_is_not_active_beside_what_proposes_its_suspension_until_quality_says_so(
    registry: Any, database: Any, qualify: Any, site: Any, second: Any, quality: Any, alerted: Any, state: Any
) -> None:
    await alerted()
    await qualify.approved(await second(site["partner_id"]))
    path = f"/partners/{site['partner_id']}"
    assert await state(site["partner_id"]) == "prospect"
    refused = await quality.post(f"{path}/activation", json={"reason": "qualified"})
    assert (refused.status_code, "import alert" in refused.json()["detail"]) == (409, True)
    await database.execute("DELETE FROM risk_floor WHERE site_id = $1", UUID(site["id"]))
    assert (await quality.done(f"{path}/activation", {"reason": "assessed anew"}))["state"] == "active"


async def test_a_merger_makes_no_prospect_active_beside_what_proposes_its_suspension(
    qualify: Any, site: Any, other: Any, alerted: Any, merged: Any, state: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    await alerted()
    await merged(site["partner_id"], other["id"], 5)
    assert await state(other["id"]) == "prospect"


async def test_a_number_that_an_import_alert_kept_a_prospect_is_suspended_and_lifted_with_its_company(
    qualify: Any,
    site: Any,
    younger: Any,
    second: Any,
    unite: Any,
    database: Any,
    quality: Any,
    alerted: Any,
    state: Any,
) -> None:  # fmt: skip
    """The elder number is the one that was kept so; the younger is suspended, and what held is gone when that ends."""
    elder = site["partner_id"]
    await alerted()
    await qualify.approved(await second(elder))
    await qualify.approved(await second(younger["id"]))
    await unite()
    await quality.done(f"/partners/{younger['id']}/suspension", {"reason": "falsified records"})
    assert await state(elder) == "suspended"
    await database.execute("DELETE FROM risk_floor WHERE site_id = $1", UUID(site["id"]))
    await quality.done(f"/partners/{younger['id']}/activation", {"reason": "rebuilt"})
    assert await state(elder) == "active"
