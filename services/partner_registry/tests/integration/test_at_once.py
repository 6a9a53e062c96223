"""A site is qualified at the moment at which what that rests on is taken back: one of the two sees the other."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import clock
from contracts.oversight import RiskBand
from partner_registry.certificates import commands as certificates
from partner_registry.certificates.schemas import WithdrawCertificate
from partner_registry.qualifications import commands as qualifications
from partner_registry.risk.commands import risk_of
from partner_registry.sites.model import Site

TODAY = datetime.now(UTC).date()
BACK = {"reason": "the authority's notice 4", "effective_on": str(TODAY), "non_compliance": False}


async def test_a_certificate_that_is_taken_back_beside_an_approval_suspends_it(
    registry: Any, qualify: Any, site: Any, transaction: Any, held: Any
) -> None:
    certificate = await qualify.certified(site)
    path = await qualify.assessed(site)
    async with transaction() as work:
        await qualifications.approve(work, UUID(path.rpartition("/")[2]))
        await work.flush()
        withdrawal = await held(registry.client.done(f"/certificates/{certificate['id']}/withdrawal", BACK))
    assert (await withdrawal)["state"] == "withdrawn"
    found = (await registry.client.get(path)).json()
    assert [each["state"] for each in found["periods"]] == ["in_assessment", "approved", "suspended"]


async def test_an_approval_beside_a_certificate_that_is_taken_back_is_refused(
    registry: Any, qualify: Any, site: Any, transaction: Any, held: Any
) -> None:
    certificate = await qualify.certified(site)
    path = await qualify.assessed(site)
    async with transaction() as work:
        await certificates.withdraw(work, UUID(certificate["id"]), WithdrawCertificate.model_validate(BACK))
        await work.flush()
        approval = await held(registry.second.post(f"{path}/approval"))
    refused = await approval
    lacks = ["no confirmed certificate covers drug_product of tablet today"]
    assert (refused.status_code, refused.json()["missing"]) == (409, lacks)


async def test_two_certificates_that_are_taken_back_at_once_leave_nothing_in_force(
    registry: Any, qualify: Any, site: Any, transaction: Any, held: Any
) -> None:
    first, other = await qualify.certified(site), await qualify.certified(site)
    found = await qualify.approved(site)
    async with transaction() as work:
        await certificates.withdraw(work, UUID(first["id"]), WithdrawCertificate.model_validate(BACK))
        await work.flush()
        withdrawal = await held(registry.client.done(f"/certificates/{other['id']}/withdrawal", BACK))
    await withdrawal
    assert (await registry.client.get(f"/qualifications/{found['id']}")).json()["state"] == "suspended"


async def test_a_certificate_whose_end_comes_beside_an_approval_suspends_it_at_the_next_look(
    registry: Any, qualify: Any, site: Any, transaction: Any, tick: Any
) -> None:
    certificate = await qualify.certified(site)
    path = await qualify.assessed(site)
    after = datetime.fromisoformat(certificate["ends_at"]) + timedelta(seconds=1)
    async with transaction() as work:
        await qualifications.approve(work, UUID(path.rpartition("/")[2]))
        await work.flush()
        with clock.standing_at(after):
            await tick()
    assert (await registry.client.get(f"/certificates/{certificate['id']}")).json()["state"] == "valid"
    with clock.standing_at(after):
        await tick()
    found = (await registry.client.get(path)).json()
    assert "suspended" in {each["state"] for each in found["periods"]}


async def test_an_approval_waits_for_a_risk_that_is_being_raised(
    registry: Any, qualify: Any, site: Any, transaction: Any, held: Any, eventually: Any
) -> None:
    await qualify.certified(site)
    path = await qualify.assessed(site)

    async def listed() -> bool:
        return bool((await registry.client.get(f"/site-risks/{site['id']}")).is_success)

    await eventually(listed)
    async with transaction() as work:
        risk = await risk_of(work, await work.session.get_one(Site, UUID(site["id"])))
        risk.band, risk.at_least = RiskBand.low, False
        await work.flush()
        approval = await held(registry.second.done(f"{path}/approval"))
    years = datetime.fromisoformat((await approval)["valid_to"]).year - TODAY.year
    assert years == 3, "36 months, and not the 24 of a risk that nobody has assessed"
