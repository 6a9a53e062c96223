"""Whoever locks several partners or sites, or what stands on them, does so in one order: no deadlock ends any."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from partner_registry.certificates.model import Certificate
from partner_registry.partners.model import Partner
from partner_registry.registrations.model import Registration
from partner_registry.sites.held import to_hand_over
from partner_registry.sites.model import Site
from partner_registry.transfers import commands as transfers
from partner_registry.transfers.model import SiteTransfer

TODAY = datetime.now(UTC).date()
WHY = {"reason": "one entry in the register"}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def answered(transaction: Any, held: Any) -> Any:
    """What a request answers that waits for the first of two records, and does not hold the second one meanwhile.

    If it did, each would wait for the other, which PostgreSQL ends; who holds it for a moment, as a timer does, is no
    fault.
    """

    async def run(model: Any, first: str, other: tuple[Any, str], doing: Any) -> Any:
        async with transaction() as work:
            await work.session.get(model, UUID(first), with_for_update=True)
            task = await held(doing)
            then, id = other
            await work.session.get(then, UUID(id), with_for_update=True)
        answer = await asyncio.wait_for(task, 30)
        assert answer.is_success, answer.text
        return answer.json()

    return run


async def test_who_names_two_partners_locks_them_in_one_order(
    registry: Any, other: Any, third: Any, answered: Any
) -> None:
    first, second = sorted((other["id"], third["id"]))
    sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))

    async def waits(doing: Any) -> Any:
        return await answered(Partner, first, (Partner, second), doing)

    body = {"partner_id": second, "successor_id": first, "effective_on": str(TODAY), "evidence": "0" * 64}
    merger = await waits(sourcing.post("/partner-mergers", json=body | WHY))
    await sourcing.done(f"/partner-mergers/{merger['id']}/cancellation", WHY)
    union = await waits(sourcing.post("/partner-unions", json={"partner_id": second, "other_id": first} | WHY))
    assert union["partner_id"] == second, "the alias is the later one"
    await waits(quality.post(f"/partner-unions/{union['id']}/confirmation"))
    await waits(quality.post(f"/partner-unions/{union['id']}/split", json=WHY))


async def test_who_moves_or_closes_a_site_locks_sites_before_their_partner_and_in_one_order(
    registry: Any, site: Any, answered: Any
) -> None:
    new = {name: site[name] for name in ("partner_id", "country", "time_zone", "activities")} | {"name": "New"}
    moved = new | {"moves_from": {"site_id": site["id"], "closing_on": str(TODAY + timedelta(30))}}
    beside = await answered(Site, site["id"], (Partner, site["partner_id"]), registry.client.post("/sites", json=moved))
    first, second = sorted((site["id"], beside["id"]))
    await registry.client.done(f"/sites/{site['id']}/closing-cancellation", WHY)
    closing = {"closing_on": str(TODAY + timedelta(40)), "successor_id": first} | WHY
    await answered(Site, first, (Site, second), registry.client.post(f"/sites/{second}/closing", json=closing))


async def test_a_registration_waits_for_who_takes_its_site_over_and_is_not_held_meanwhile(
    registry: Any, site: Any, product: Any, transaction: Any, held: Any
) -> None:
    regulatory = registry.as_("regulatory", subject="rita")
    body = {"product_id": product["id"], "market": "AT", "regime": "eu_eea", "holder": "Alpine"}
    made = await regulatory.done("/registrations", body | {"submitted_on": "2024-03-01"})
    rows = [{"site_id": site["id"], "activity": "drug_product", "valid_from": "2025-01-01"}]
    content = {"process_version": "MP-7", "shelf_life_months": 36, "storage": "cool", "specification_version": "v1"}
    content |= {"sites": rows, "effective_on": "2025-01-01", "authorisation_number": "1-4"}
    withdrawn = {"effective_on": str(TODAY)} | WHY
    for step, said in (("approval", content), ("withdrawal", withdrawn)):
        async with transaction() as work:
            await to_hand_over(work, UUID(site["id"]))
            task = await held(regulatory.post(f"/registrations/{made['id']}/{step}", json=said))
            await work.session.get(Registration, UUID(made["id"]), with_for_update=True)
        answer = await asyncio.wait_for(task, 30)
        assert answer.status_code == 200, answer.text


async def test_a_sale_waits_for_an_approval_and_neither_for_the_other(
    registry: Any, qualify: Any, site: Any, other: Any, transaction: Any, held: Any, database: Any, eventually: Any
) -> None:
    certificate, assessed = await qualify.certified(site), await qualify.assessed(site)
    sale = {"site_id": site["id"], "buyer_id": other["id"], "effective_on": str(TODAY)} | WHY
    sold = await registry.client.done("/site-transfers", sale)

    async def effective() -> None:
        async with transaction() as work:
            transfer = await work.session.get(SiteTransfer, UUID(sold["id"]), with_for_update=True)
            await transfers._take_effect(work, transfer)

    async def both_wait() -> bool:
        return bool(await database.fetchval(WAITING) >= 2)

    async with transaction() as work:
        await work.session.get(Certificate, UUID(certificate["id"]), with_for_update=True)
        approval = await held(registry.second.post(f"{assessed}/approval"))
        taken = asyncio.create_task(effective())
        await eventually(both_wait)
    answer, _ = await asyncio.wait_for(asyncio.gather(approval, taken), 30)
    # What a person would sign is asked for before, so the sale was in between.
    assert (answer.status_code, "belongs to another partner" in answer.text) == (409, True), answer.text
