"""One company that was registered twice, over HTTP: read together, moved nowhere, and taken back."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.companies import PartnersUnified
from contracts.oversight import OversightPlanChanged
from contracts.partner_registry import PartnerStatusChanged
from contracts.partner_work import PartnerWorkDecided
from contracts.quality_events import BatchStarted
from partner_registry.partners.model import Partner, PartnerState

WHY = {"reason": "one entry in the register"}


@pytest.fixture
async def second_site(registry: Any, younger: Any) -> Any:
    body = {"partner_id": younger["id"], "name": "Second", "country": "AT", "time_zone": "UTC"}
    return await registry.client.done("/sites", body | {"activities": ["testing"]})


async def ids(client: Any, path: str, **params: Any) -> set[str]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return {each["id"] for each in answer.json()["items"]}


async def reads_its_own_and_learns_of_no_other(client: Any, id: str, own: Any) -> None:
    assert (await client.get(f"/partners/{id}")).json()["same_as"] == []
    assert await ids(client, "/sites", partner_id=id) == {own["id"]}
    facts = (await client.get(f"/partners/{id}/facts")).json()["items"]
    assert "PartnersUnified" not in {each["kind"] for each in facts}


async def does_not_merge_into_itself(sourcing: Any, one: str, other: str, union: str) -> None:
    merges = {"partner_id": one, "successor_id": other, "effective_on": "2036-01-01", "evidence": "0" * 64}
    assert union in str((await sourcing.done("/partner-mergers", merges | WHY))["missing"])


async def has_risks_at(client: Any, partner_id: str, sites: set[str]) -> bool:
    return await ids(client, "/site-risks", partner_id=partner_id) == sites


async def agreed(quality: Any, union: Any) -> None:
    assert union["waiting_for"]["side"] == "sponsor", "somebody else agrees"
    assert (await quality.done(f"/partner-unions/{union['id']}/confirmation"))["waiting_for"] is None


async def kinds_of_other(client: Any, partner_id: str, other_id: str) -> set[str]:
    """What is told of another registration among what is read of a partner."""
    items = (await client.get(f"/partners/{partner_id}/facts")).json()["items"]
    return {each["kind"] for each in items if each["data"]["partner_id"] == other_id}


async def test_two_registrations_are_read_as_one_and_split_again(
    registry: Any, site: Any, younger: Any, second_site: Any, bus: Any, eventually: Any
) -> None:
    elder = site["partner_id"]
    sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))
    lot = Lot(id=uuid4(), number="L-3", material="T", site_id=UUID(second_site["id"]), partner_id=UUID(younger["id"]))
    await bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=datetime.now(UTC)))
    asked = {"partner_id": younger["id"], "other_id": elder} | WHY
    assert (await quality.post("/partner-unions", json=asked)).status_code == 403, "sourcing proposes"
    made = await sourcing.done("/partner-unions", asked)
    path = f"/partner-unions/{made['id']}"
    assert (made["partner_id"], made["elder_id"]) == (younger["id"], elder), "whichever is named first"
    assert made["number"] in (await sourcing.post("/partner-unions", json=asked)).json()["detail"]
    assert await ids(registry.client, "/sites", partner_id=elder) == {site["id"]}
    old, new = (registry.as_("partner_quality", partner_id=UUID(each)) for each in (elder, younger["id"]))
    assert (await new.get(path)).status_code == 403
    await agreed(quality, made)

    (fact,) = await bus.told(PartnersUnified, 1, partner_id=UUID(younger["id"]))
    assert (fact.elder_id, fact.undone) == (UUID(elder), False)
    both = {site["id"], second_site["id"]}
    assert await ids(registry.client, "/sites", partner_id=elder) == both
    assert await ids(registry.client, "/sites", partner_id=younger["id"]) == {second_site["id"]}
    (named,) = (await registry.client.get(f"/partners/{elder}")).json()["same_as"]
    assert named["number"] == younger["number"]

    await eventually(partial(has_risks_at, registry.client, elder, both))
    told = partial(kinds_of_other, registry.client, elder, younger["id"])

    async def told_it_all() -> Any:
        return {"PartnerRegistered", "SiteRegistered", "PartnersUnified"} <= await told()

    await eventually(told_it_all)

    async def open_work() -> Any:
        return (await registry.client.get(f"/partners/{elder}")).json()["open_work"]

    (shown,) = await eventually(open_work)
    assert shown["number"] == "L-3"

    for client, id, own in ((old, elder, site), (new, younger["id"], second_site)):
        await reads_its_own_and_learns_of_no_other(client, id, own)

    # What was asked of the pair is answered, and answered otherwise by the split.
    async def answer() -> Any:
        found = (await quality.get("/duplicates", params={"partner_id": younger["id"], "other_id": elder})).json()
        return [each["state"] for each in found["items"]]

    assert await answer() == ["same"]
    await does_not_merge_into_itself(sourcing, elder, younger["id"], made["number"])
    await quality.done(f"{path}/split", {"reason": "a sister company"})
    assert await answer() == ["different"]
    assert await ids(registry.client, "/sites", partner_id=elder) == {site["id"]}
    assert (await registry.client.get(f"/partners/{elder}")).json()["same_as"] == []

    facts = await bus.told(PartnersUnified, 2, partner_id=UUID(younger["id"]))
    assert [each.undone for each in facts] == [False, True]
    assert [each.parties for each in bus.heard if each.fact in facts] == [()] * 2
    assert not await told()


async def test_the_risk_of_the_elder_is_that_of_the_sites_of_both(
    registry: Any, site: Any, younger: Any, second_site: Any
) -> None:
    sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))
    made = await sourcing.done("/partner-unions", {"partner_id": younger["id"], "other_id": site["partner_id"]} | WHY)
    await quality.done(f"/partner-unions/{made['id']}/confirmation")
    found = (await registry.client.get(f"/partner-risks/{site['partner_id']}")).json()
    assert {each["site"]["id"] for each in found["sites"]} == {site["id"], second_site["id"]}


async def test_the_segment_of_the_elder_counts_at_the_sites_of_both(
    registry: Any, qualify: Any, site: Any, younger: Any, bus: Any, eventually: Any
) -> None:
    body = {"partner_id": younger["id"], "name": "Second", "country": "AT", "time_zone": "Europe/Vienna"}
    other = await registry.client.done("/sites", body | {"activities": ["drug_product"]})
    await qualify.certified(other)
    await qualify.approved(other)
    sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))
    made = await sourcing.done("/partner-unions", {"partner_id": younger["id"], "other_id": site["partner_id"]} | WHY)
    await quality.done(f"/partner-unions/{made['id']}/confirmation")
    names: tuple[str, ...] = (
        "product_complexity",
        "regulatory_demand",
        "market_criticality",
        "competitive_sensitivity",
        "spend",
    )
    names += ("technology_uniqueness", "mutual_dependence")
    criteria = [{"criterion": each, "points": 9, "rationale": "seen"} for each in names]
    stated = {"commercially_qualified": False, "first_commercial_on": "2023-07-03"}
    body = {"partner_id": site["partner_id"], "criteria": criteria} | stated
    segment = await sourcing.done("/segmentations", body)
    assert segment["segment"] == "strategic", "a site of the alias is qualified, which goes before what is stated"
    await quality.done(f"/segmentations/{segment['id']}/confirmation")

    await bus.told(OversightPlanChanged, 1, site_id=UUID(other["id"]))


@pytest.fixture
async def working(registry: Any, qualify: Any, site: Any, younger: Any) -> Any:
    """A site of the younger one; both are qualified."""
    body = {"partner_id": younger["id"], "name": "Second", "country": "AT", "time_zone": "UTC"}
    other = await registry.client.done("/sites", body | {"activities": ["drug_product"]})
    for each in (site, other):
        await qualify.certified(each)
        await qualify.approved(each)
    return other


async def test_what_may_not_be_used_under_one_number_may_not_under_the_other(
    registry: Any, site: Any, younger: Any, working: Any, unite: Any, product: Any
) -> None:
    quality = registry.as_("quality", subject="quality person")
    suspended = await quality.done(f"/partners/{site['partner_id']}/suspension", WHY)
    own = registry.as_("partner_quality", partner_id=UUID(younger["id"]))

    async def asked(client: Any, **more: Any) -> Any:
        work = {"activity": "drug_product", "dosage_form": "tablet"}
        found = (await client.get("/sites/approved", params=work | more)).json()["items"]
        return next(each["why_not"] for each in found if each["site"]["id"] == working["id"])

    async def condition() -> Any:
        of = {"product_id": product["id"], "site_id": working["id"], "market": "AT", "activity": "drug_product"}
        found = (await registry.client.get("/registrations/answer", params=of)).json()["conditions"]
        return next((one["verdict"], one["record"]) for one in found if one["condition"] == "partner active")

    apart = datetime.now(UTC).isoformat()
    assert (await asked(registry.client), (await condition())[0]) == ([], "met")
    path = await unite()
    stopped, why = "the partner is suspended", f"as {suspended['number']}, which is the same company"
    assert await asked(registry.client) == [stopped, f"{stopped} {why}"]
    assert await condition() == ("not_met", younger["number"])
    assert await asked(own) == [stopped], "a partner hears of no union"
    assert await asked(registry.client, as_of=apart) == [], "nobody knew"
    await quality.done(f"{path}/split", {"reason": "a sister company"})
    assert await asked(registry.client) == [stopped], "somebody of quality lifts it"
    await quality.done(f"/partners/{younger['id']}/activation", WHY)
    assert await asked(registry.client) == []


async def test_a_company_is_suspended_under_each_of_its_numbers_and_each_is_told_of_its_own_work(
    registry: Any, site: Any, younger: Any, working: Any, unite: Any, bus: Any, eventually: Any
) -> None:
    lots = []
    for number, where in (("L-1", site), ("L-2", working)):
        owner = {"site_id": UUID(where["id"]), "partner_id": UUID(where["partner_id"])}
        lots.append(lot := Lot(id=uuid4(), number=number, material="T", **owner))
        await bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=datetime.now(UTC)))
    path = await unite()
    quality = registry.as_("quality", subject="quality person")
    old, new = site["partner_id"], younger["id"]

    async def known() -> Any:
        shown = (await quality.get(f"/partners/{old}")).json()
        return shown["open_work_known"] and {each["id"] for each in shown["open_work"]} == {str(one.id) for one in lots}

    await eventually(known)
    stop = [{"work_id": str(one.id), "decision": "stop", "rationale": f"of {one.number}"} for one in lots]
    why = {"reason": "falsified records in hall 3"}
    await quality.done(f"/partners/{old}/suspension", why | {"decisions": stop})
    finish = [each | {"decision": "finish"} for each in stop]
    await quality.done(f"/partners/{old}/work-decisions", {"decisions": finish})
    for id, number in ((old, "L-1"), (new, "L-2")):
        *_, fact = await bus.told(PartnerStatusChanged, 2, partner_id=UUID(id))
        (later,) = await bus.told(PartnerWorkDecided, 1, partner_id=UUID(id))
        told = [[(one.number, one.decision) for one in each.decided_work] for each in (fact, later)]
        assert (fact.after, told, fact.undecided_work) == ("suspended", [[(number, "stop")], [(number, "finish")]], 0)
    for way in ("", "/history", "/facts"):
        seen = await registry.as_("partner_quality", partner_id=UUID(new)).get(f"/partners/{new}{way}")
        assert (seen.status_code, "hall 3" in seen.text) == (200, False), "what is said of another may not be its own"
    (shown,) = (await quality.get(f"/partners/{new}")).json()["open_work"]
    assert shown["decision"] == "finish"

    lifted = await quality.done(f"/partners/{new}/activation", {"reason": "hall 3 was rebuilt"})
    assert lifted["state"] == (await quality.get(f"/partners/{old}")).json()["state"] == "active"
    await quality.done(f"{path}/split", {"reason": "a sister company"})
    await quality.done(f"/partners/{old}/suspension", why)
    assert (await quality.get(f"/partners/{new}")).json()["state"] == "active"


async def test_nothing_begins_under_another_number_of_a_company_that_has_left(
    registry: Any, qualify: Any, site: Any, younger: Any, unite: Any, transaction: Any
) -> None:
    """The elder leaves, without the checklist; of the younger a site is qualified for the first time."""
    await qualify.certified(site)
    await qualify.approved(site)
    await unite()
    async with transaction() as work:
        (await work.get(Partner, UUID(site["partner_id"]))).state = PartnerState.exited
    body = {"partner_id": younger["id"], "name": "Second", "country": "AT", "time_zone": "UTC"}
    other = await registry.client.done("/sites", body | {"activities": ["drug_product"]})
    await qualify.certified(other)
    await qualify.approved(other)
    shown = (await registry.client.get(f"/partners/{younger['id']}")).json()
    left = ("suspended", "the sponsor's relation with the company has ended")
    assert (shown["state"], shown["suspension_reason"]) == left
    refused = await registry.client.post(f"/partners/{younger['id']}/activation", json=WHY)
    assert (refused.status_code, "has left: split the union first" in refused.json()["detail"]) == (409, True)
