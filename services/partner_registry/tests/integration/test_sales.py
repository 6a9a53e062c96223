"""A sale beside what else happens to the site, its seller and its buyer, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.recalls import RecallClass
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.risk import commands as risk
from partner_registry.risk.floors import RECALLS, Raised
from partner_registry.sites.model import Site
from partner_registry.transfers import commands as transfers
from partner_registry.transfers.model import SiteTransfer
from runtime.database import Context
from runtime.principal import worker

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's
LINE = {"effective_on": "2026-01-01", "shared": False, "segregation": ["none"], "code": "KR-3"}
LINE |= {"batch_min": "10", "batch_max": "250", "batch_unit": "kg", "activity": "drug_product"}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def buyer(registry: Any) -> Any:
    return await registry.client.done(
        "/partners", {"legal_name": f"Buyer {uuid4().hex}", "kind": "cmo", "country": "AT"}
    )


@pytest.fixture
def becomes(registry: Any) -> Any:
    """A partner in a state, without the way there."""

    async def state(partner: Any, state: str) -> None:
        async with registry.app.state.store.work(Context(worker("partner-registry"))) as work:
            (await work.get(Partner, UUID(partner["id"]))).state = PartnerState(state)

    return state


@pytest.fixture
def sell(registry: Any, site: Any, buyer: Any) -> Any:
    async def sale(days: int = -1) -> Any:
        on = str(TODAY + timedelta(days))
        body = {"site_id": site["id"], "buyer_id": buyer["id"], "effective_on": on, "reason": "sold"}
        return await registry.client.post("/site-transfers", json=body)

    return sale


@pytest.fixture
def sold(registry: Any, site: Any, buyer: Any, sell: Any, tick: Any, eventually: Any) -> Any:
    async def effective() -> Any:
        await tick()  # which leaves out what a handler holds at that moment
        return (await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == buyer["id"]

    async def run() -> None:
        assert (await sell()).status_code == 201
        await eventually(effective)

    return run


async def test_what_is_told_beside_a_sale_waits_for_it_and_is_not_the_sellers(
    registry: Any, site: Any, buyer: Any, sell: Any, database: Any, eventually: Any
) -> None:
    transfer = (await sell()).json()
    own = registry.as_("partner_operations", partner_id=UUID(site["partner_id"]), subject="otto")
    body = LINE | {"site_id": site["id"]}
    async with registry.app.state.store.work(Context(worker("partner-registry"))) as work:
        held = await work.session.get(SiteTransfer, UUID(transfer["id"]), with_for_update=True)
        await transfers._take_effect(work, held)
        await work.flush()
        tasks = [asyncio.create_task(each.post("/lines", json=body)) for each in (own, registry.client)]

        async def wait() -> Any:
            return any(each.done() for each in tasks) or await database.fetchval(WAITING) >= len(tasks)

        await eventually(wait)
        assert not any(each.done() for each in tasks)
    theirs, ours = [await each for each in tasks]
    assert theirs.status_code == 404, theirs.text
    assert (ours.status_code, ours.json()["partner"]["id"]) == (201, buyer["id"])


async def test_what_holds_a_risk_up_beside_a_sale_does_not_wait_for_it_in_turn(
    registry: Any, site: Any, sell: Any, transaction: Any, held: Any, eventually: Any
) -> None:
    async def listed() -> bool:
        return bool((await registry.client.get(f"/site-risks/{site['id']}")).status_code == 200)

    await eventually(listed)
    transfer = (await sell()).json()
    raised = Raised(uuid4(), "REC-1 recall of class I", RECALLS[RecallClass.I], datetime.now(UTC))

    async def effective() -> None:
        async with transaction() as work:
            await transfers._take_effect(work, await work.session.get(SiteTransfer, UUID(transfer["id"])))

    async with transaction() as work:
        here = await work.session.get(Site, UUID(site["id"]))
        await risk.risk_of(work, here)
        sale = await held(effective())
        await risk.hold(work, here, "RecallStarted", [raised])
    await sale
    shown = (await registry.client.get(f"/site-risks/{site['id']}")).json()
    assert ([each["cause"] for each in shown["floors"]], shown["partner_id"]) == (
        ["REC-1 recall of class I"], transfer["buyer_id"],
    )  # fmt: skip


async def test_a_site_that_closes_is_not_sold_and_one_that_is_sold_does_not_close(
    registry: Any, site: Any, sell: Any
) -> None:
    path, later = f"/sites/{site['id']}", {"closing_on": str(TODAY + timedelta(100)), "reason": "moves to Linz"}
    await registry.client.done(f"{path}/closing", later)
    refused = await sell()
    assert (refused.status_code, "what closes is not sold" in refused.json()["detail"]) == (409, True)
    await registry.client.done(f"{path}/closing-cancellation", {"reason": "sold"})
    made = (await sell(5)).json()
    refused = await registry.client.post(f"{path}/closing", json=later)
    assert (refused.status_code, f"{made['number']} is announced" in refused.json()["detail"]) == (409, True)
    new = {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")} | {"name": "Linz"}
    moved = new | {"moves_from": {"site_id": site["id"], "closing_on": later["closing_on"]}}
    assert (await registry.client.post("/sites", json=moved)).status_code == 409
    await registry.client.done(f"/site-transfers/{made['id']}/cancellation", {"reason": "no deal"})
    assert (await registry.client.done(f"{path}/closing", later))["state"] == "closing"


async def test_a_buyer_reads_nothing_of_what_the_seller_had_planned(
    registry: Any, site: Any, buyer: Any, sold: Any
) -> None:
    former, day = site["id"], str(TODAY + timedelta(100))
    moved = {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")} | {"name": "Works"}
    moved["moves_from"] = {"site_id": former, "closing_on": day}
    site |= await registry.client.done("/sites", moved)
    path = f"/sites/{site['id']}"
    await registry.client.done(f"{path}/closing", {"closing_on": day, "reason": "moves to Linz"})
    planned = datetime.now(UTC).isoformat()
    await registry.client.done(f"{path}/closing-cancellation", {"reason": "Linz is too small"})
    await registry.client.done(f"{path}/correction", {"premises": "Hafenstrasse 3", "reason": "nobody had said"})
    await sold()
    new = registry.as_("partner_quality", partner_id=UUID(buyer["id"]))
    shown = (await new.get(path)).json()
    assert [shown[name] for name in ("closing_on", "closing_reason", "successor_id", "succeeds_id")] == [None] * 4
    asked = {"activity": "drug_product", "on": day, "as_of": planned}
    for client, told in ((registry.client, True), (new, False)):
        listed = (await client.get("/sites/approved", params=asked)).json()["items"]
        (found,) = [each for each in listed if each["site"]["id"] == site["id"]]
        assert (f"the site is closed since {day}" in found["why_not"]) == told
        for past in (f"{path}/history", f"/audit/{site['id']}"):
            text = (await client.get(past)).text
            assert [each in text for each in ("Hafenstrasse 3", "owned_since")] == [True, True]
            assert [each in text for each in ("Linz", day, former)] == [told] * 3


async def test_a_buyer_that_left_gets_nothing_and_the_sale_says_why(
    registry: Any, site: Any, buyer: Any, sell: Any, tick: Any, becomes: Any
) -> None:
    made = (await sell()).json()
    await becomes(buyer, "exited")
    await tick()
    shown = (await registry.client.get(f"/site-transfers/{made['id']}")).json()
    why = f"{buyer['number']} is exited: nothing is sold to it"
    assert (shown["state"], shown["obstacle"]) == ("called_off", why)
    assert (await registry.client.get(f"/sites/{site['id']}")).json()["partner_id"] == site["partner_id"]


async def test_the_sale_of_a_suspended_partners_site_lifts_nothing(
    registry: Any, qualify: Any, site: Any, buyer: Any, sold: Any
) -> None:
    await qualify.certified(site)
    await qualify.approved(site)
    why = {"reason": "falsified batch records at this site", "decisions": []}
    await registry.as_("quality", subject="quinn").done(f"/partners/{site['partner_id']}/suspension", why)
    await sold()
    work = {"activity": "drug_product", "dosage_form": "tablet"}
    listed = (await registry.client.get("/sites/approved", params=work)).json()["items"]
    (shown,) = [each for each in listed if each["site"]["id"] == site["id"]]
    assert (shown["allowed"], shown["partner"]["id"]) == (False, buyer["id"])
    assert (await registry.client.get(f"/partners/{buyer['id']}")).json()["state"] == "prospect"


async def test_no_partner_leaves_while_a_sale_to_it_is_announced(
    registry: Any, buyer: Any, sell: Any, becomes: Any
) -> None:
    await becomes(buyer, "active")
    made = (await sell(5)).json()
    body = {"partner_id": buyer["id"], "reason": "x"}
    shown = await registry.as_("sourcing", subject="sam").done("/partner-exits", body)
    assert f"{made['number']} is announced: call that off, or wait for it" in shown["missing"]
    refused = await registry.as_("quality", subject="quinn").post(f"/partner-exits/{shown['id']}/completion")
    assert any(each.startswith(made["number"]) for each in refused.json()["missing"])


async def test_the_risk_of_a_site_with_a_plan_of_oversight_is_the_buyers_too(
    registry: Any, site: Any, buyer: Any, sold: Any, eventually: Any
) -> None:
    event = {"kind": "insolvency_notice", "happened_at": datetime.now(UTC).isoformat(), "source": "gazette 4"}
    event |= {"description": "proceedings", "evidence": "0" * 64, "partner_id": site["partner_id"]}
    await registry.as_("sourcing", subject="sam").done("/outside-events", event)

    async def plans() -> Any:
        return (await registry.client.get("/oversight-plans", params={"site_id": site["id"]})).json()["items"]

    await eventually(plans)
    await sold()
    assert (await registry.client.get(f"/site-risks/{site['id']}")).json()["partner"]["id"] == buyer["id"]
    assert buyer["id"] in {each["partner"]["id"] for each in await plans()}


async def test_what_nobody_confirmed_and_what_a_company_has_itself_stay_with_the_seller(
    registry: Any, qualify: Any, site: Any, buyer: Any, sold: Any
) -> None:
    printed = await qualify.certified(site)
    names = ("site_id", "holder", "authority", "digest", "valid_from", "valid_to", "activities", "dosage_forms")
    other = {name: printed[name] for name in names}
    licence = await registry.client.done(
        "/certificates", other | {"kind": "manufacturing_authorisation", "certificate_number": "L-1"}
    )
    check = {"authority_register": "EudraGMDP", "checked_on": str(TODAY - timedelta(1))}
    await registry.second.done(f"/certificates/{licence['id']}/confirmation", check)
    unconfirmed = other | {"kind": "gmp", "certificate_number": "G-2"}
    waits = await registry.client.done("/certificates", unconfirmed)
    await sold()
    new = registry.as_("partner_quality", partner_id=UUID(buyer["id"]), subject="bea")
    listed = (await new.get("/certificates", params={"site_id": site["id"]})).json()["items"]
    assert [each["certificate_number"] for each in listed] == [printed["certificate_number"]]
    again = await new.post("/certificates", json=unconfirmed | {"certificate_number": printed["certificate_number"]})
    assert (again.status_code, printed["number"] in again.text) == (409, False)
    assert (await new.done("/certificates", unconfirmed))["partner"]["id"] == buyer["id"]
    late = await registry.second.post(f"/certificates/{waits['id']}/confirmation", json=check)
    assert (late.status_code, "belongs to another partner since" in late.json()["detail"]) == (409, True)


async def test_what_the_authority_takes_back_after_a_sale_is_said_of_the_buyers_certificate(
    registry: Any, qualify: Any, site: Any, buyer: Any, sold: Any
) -> None:
    printed = await qualify.certified(site)
    await qualify.approved(site)
    await sold()
    own = {"site_id": site["id"], "partner_id": buyer["id"]}
    (carried,) = (await registry.client.get("/certificates", params=own)).json()["items"]
    taken = {"effective_on": str(TODAY), "reason": "out of specification", "non_compliance": False}
    refused = await registry.client.post(f"/certificates/{printed['id']}/withdrawal", json=taken)
    assert refused.status_code == 409
    shown = (await registry.client.get(f"/certificates/{printed['id']}")).json()
    assert (shown["allowed"], shown["waiting_for"], shown["state"]) == ([], None, "valid")
    await registry.client.done(f"/certificates/{carried['id']}/withdrawal", taken)
    (found,) = (await registry.client.get("/qualifications", params=own)).json()["items"]
    assert (found["state"], found["reason"]) == ("suspended", f"{carried['number']} was withdrawn")


async def test_the_numbers_of_the_premises_are_the_buyers_and_those_of_the_company_end(
    registry: Any, site: Any, buyer: Any, sold: Any
) -> None:
    of = {"partner_id": site["partner_id"], "site_id": site["id"]}
    fei = str(uuid4().int)[:10]
    for scheme, value in (("fei", fei), ("duns", str(uuid4().int)[:9])):
        await registry.client.done("/identifiers", of | {"scheme": scheme, "value": value})
    await sold()

    async def known(client: Any) -> Any:
        listed = (await client.get("/identifiers", params={"site_id": site["id"]})).json()["items"]
        return {(each["scheme"], each["state"], each["valid_from"], each["valid_to"]) for each in listed}

    day, before = (str(TODAY - timedelta(days)) for days in (1, 2))
    seller = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    assert await known(seller) == {(scheme, "ended", None, before) for scheme in ("fei", "duns")}
    assert await known(registry.as_("partner_quality", partner_id=UUID(buyer["id"]))) == {("fei", "valid", day, None)}


async def test_what_happened_to_all_of_a_buyers_sites_holds_up_one_that_it_bought(
    registry: Any, site: Any, buyer: Any, sold: Any, eventually: Any
) -> None:
    event = {"kind": "insolvency_notice", "happened_at": datetime.now(UTC).isoformat(), "source": "gazette 4"}
    event |= {"description": "proceedings", "evidence": "0" * 64, "partner_id": buyer["id"]}
    made = await registry.as_("sourcing", subject="sam").done("/outside-events", event)
    await sold()

    async def held() -> Any:
        found = (await registry.client.get(f"/site-risks/{site['id']}")).json().get("floors", ())
        return {each["cause"] for each in found} == {f"{made['number']} insolvency notice (gazette 4)"}

    await eventually(held)

    async def risk_of(partner: str) -> Any:
        return (await registry.client.get(f"/partner-risks/{partner}")).json()

    theirs, sellers = await risk_of(buyer["id"]), await risk_of(site["partner_id"])
    assert (theirs["band"], theirs["provisional"], [each["site"]["id"] for each in theirs["sites"]]) == (
        "critical", True, [site["id"]],
    )  # fmt: skip
    assert (sellers["band"], sellers["at_least"], sellers["sites"]) == (None, True, [])
    own = registry.as_("partner_quality", partner_id=UUID(buyer["id"]))
    assert (await own.get(f"/partner-risks/{buyer['id']}")).status_code == 403
