"""Changes over HTTP: from a proposal to its effect, in an emergency, and what the site does not read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.changes import ChangeApproved, ChangeClassified, ChangeImplemented, ChangeProposed, ChangeRefused
from contracts.quality_events import DeviationRaised

ASSESSED = {
    "markets": [
        {"market": "US", "category": "pas", "remark": "the agency asked before"},
        {"market": "AT", "category": "ia"},
        {"market": "CH", "category": "none"},
    ],
    "lots_already_made": "none",
}


def site_quality(service: Any, world: Any, subject: str = "ana") -> Any:
    return service.as_("partner_quality", partner_id=world.maker, subject=subject)


def regulatory(service: Any) -> Any:
    return service.as_("regulatory", subject="rea")


async def assessed(service: Any, world: Any) -> tuple[str, UUID]:
    """The path and id of a change that the site's operations proposed, and that is assessed."""
    body = {"site_id": str(world.site), "products": [world.code], "title": "Lactose", "description": "another plant"}
    async with service.as_("partner_operations", partner_id=world.maker, subject="olaf") as site:
        change = await site.done("/changes", body | {"effective_from": "2099-01-31"})
    path = f"/changes/{change['id']}"
    await service.client.done(f"{path}/classification", {"classification": "major"})
    async with regulatory(service) as rea:
        await rea.done(f"{path}/assessment", ASSESSED)
    return path, UUID(change["id"])


async def begun(service: Any, world: Any, **more: Any) -> Any:
    body = {"site_id": str(world.site), "material": world.code, "number": uuid4().hex[:8]}
    return await service.client.done("/batches", body | {"started_at": datetime.now(UTC).isoformat()} | more)


async def test_from_a_proposal_to_its_effect(bus: Any, known: Any, service: Any) -> None:
    path, id = await assessed(service, known)
    early = await begun(service, known, started_at="2026-03-01")
    async with site_quality(service, known) as site:
        waiting = (await site.get(path)).json()
        may = {"approve_as_maker", "refuse_as_maker", "implement_in_emergency"}
        assert {each["name"] for each in waiting["allowed"]} == may
        assert waiting["waiting_for"]["side"] == "both"
        half = await site.done(f"{path}/site-approval")
        assert (half["state"], half["waiting_for"]["side"], half["maker_approved_by"]) == ("assessed", "sponsor", "ana")
        await service.client.done(f"{path}/approval")
        refused = await site.post(f"{path}/implementation", json={"first_batch_id": early["id"]})
        assert (refused.status_code, refused.json()["fields"]) == (409, ["first_batch_id"])
        first = await begun(service, known)
        made = await site.done(f"{path}/implementation", {"first_batch_id": first["id"]})
    assert (made["state"], made["clock"]["told_in_time"]) == ("implemented", False), "made before the notice ended"
    for market, releasable in (("US", False), ("AT", True), ("CH", True), ("GB", None)):
        (found,) = (await service.client.get(f"/batches/{first['id']}/changes", params={"market": market})).json()
        assert (found["applies"], found["releasable"]) == (True, releasable), market
    assert (await service.client.get(f"/batches/{early['id']}/changes", params={"market": "US"})).json() == []
    checked = {"outcome": "effective", "finding": "three lots within trend"}
    assert (await service.client.done(f"{path}/check", checked))["state"] == "effective"
    (proposed,) = await bus.told(ChangeProposed, change_id=id)
    assert (proposed.proposed_side, proposed.markets) == ("owner", ())
    assert (await bus.told(ChangeClassified, change_id=id))[0].classification == "major"
    (approved,) = await bus.told(ChangeApproved, change_id=id)
    assert [each.market for each in approved.markets] == ["AT", "CH", "US"]
    (implemented,) = await bus.told(ChangeImplemented, change_id=id)
    assert (implemented.first_lot.number, implemented.emergency) == (first["number"], False)
    assert implemented.first_lot_started_at == datetime.fromisoformat(first["started_at"])


async def test_the_authoritys_letters_are_the_sponsors_and_an_approval_opens_the_market(
    known: Any, service: Any
) -> None:
    path, _ = await assessed(service, known)
    today = str(datetime.now(UTC).date())
    letter = {"market": "US", "kind": "submitted", "happened_on": "2026-02-04", "reference": "NDA-1/S-018"}
    async with site_quality(service, known) as site, regulatory(service) as rea:
        before = (await site.get(path)).json()
        assert (await rea.post(f"{path}/filings", json=letter)).status_code == 201
        assert (await site.get(path)).json() == before, "that it was submitted is not the site's to see"
        assert (await site.get(f"{path}/filings")).status_code == 403
        for wrong, field in (
            (letter | {"market": "CH"}, "market"),
            (letter | {"happened_on": "2099-01-01"}, "happened_on"),
        ):
            refused = await rea.post(f"{path}/filings", json=wrong)
            assert (refused.status_code, refused.json()["fields"]) == (409, [field])
        await rea.done(f"{path}/filings", letter | {"kind": "approved", "happened_on": today})
        seen = (await site.get(path)).json()
        (us,) = [each for each in seen["markets"] if each["market"] == "US"]
        assert us["approved_on"] == us["releasable_from"] == today
        for secret in ("NDA-1", "asked before", "2026-02-04"):
            assert secret not in str(seen) + (await site.get(f"{path}/history")).text
        listed = (await rea.get(f"{path}/filings")).json()
        ways = [each["name"] for each in (await rea.get(path)).json()["allowed"]]
        assert ("file" in ways, "file" in str(seen["allowed"])) == (True, False)
    assert [each["kind"] for each in listed] == ["assessment", "submitted", "approved"]


async def test_changes_that_were_not_told_in_time_are_listed(known: Any, service: Any) -> None:
    body = {"site_id": str(known.site), "products": [known.code], "title": "x", "description": "x"}
    late_evening = {"told_at": "2026-01-01T23:30:00Z"}  # which is the second of January at the site
    said = [
        await service.client.done("/changes", body | {"effective_from": day} | late_evening)
        for day in ("2026-03-02", "2026-03-03")
    ]
    path, _ = await assessed(service, known)
    async with site_quality(service, known) as site:
        first = await begun(service, known)
        made = {"first_batch_id": first["id"], "emergency_reason": "no lactose"}
        said.append(await site.done(f"{path}/emergency-implementation", made))
        said.append(await site.done("/changes", body | {"effective_from": "2099-01-31"}))
        assert [each["clock"]["told_in_time"] for each in said] == [False, True, False, True]
        for client in (service.client, site):
            for asked in (True, False):
                of_it = {"site_id": str(known.site), "told_in_time": str(asked).lower()}
                found = (await client.get("/changes", params=of_it)).json()["items"]
                expected = {each["id"] for each in said if each["clock"]["told_in_time"] is asked}
                assert {each["id"] for each in found} == expected


async def test_an_emergency_is_made_first_and_opens_a_deviation(bus: Any, known: Any, service: Any) -> None:
    path, id = await assessed(service, known)
    first = await begun(service, known)
    async with site_quality(service, known) as site:
        made = {"first_batch_id": first["id"], "emergency_reason": "no lactose"}
        change = await site.done(f"{path}/emergency-implementation", made)
        assert (change["state"], change["clock"]["approved_in_time"]) == ("assessed", None)
        assert (await site.post(f"{path}/emergency-implementation", json=made)).status_code == 409
        deviation = (await site.get(f"/deviations/{change['deviation_id']}")).json()
        assert (deviation["category"], deviation["lots"][0]["batch_id"]) == ("change", first["id"])
        await service.client.done(f"{path}/approval")
        assert (await site.done(f"{path}/site-approval"))["state"] == "implemented"
    (fact,) = await bus.told(ChangeImplemented, change_id=id)
    assert (fact.emergency, str(fact.deviation_id)) == (True, change["deviation_id"])
    assert await bus.told(DeviationRaised, deviation_id=fact.deviation_id)

    async def due() -> Any:
        return (await service.client.get(path)).json()["clock"]["approval_due_at"]

    assert await bus.eventually(due), "by the calendar of the site's country"


async def test_who_proposed_it_approves_it_not_and_what_is_refused_and_made_is_ended(
    bus: Any, known: Any, service: Any
) -> None:
    body = {"site_id": str(known.site), "products": [known.code], "title": "x", "description": "x"}
    async with site_quality(service, known) as site:
        change = await site.done("/changes", body | {"effective_from": "2099-01-31"})
        unknown = await site.post("/changes", json=body | {"products": ["N-0"], "effective_from": "2099-01-31"})
        assert (unknown.status_code, unknown.json()["fields"]) == (409, ["products"])
        told = await site.post(
            "/changes", json=body | {"effective_from": "2099-01-31", "told_at": "2026-01-01T08:00:00Z"}
        )
        assert (told.status_code, told.json()["fields"]) == (409, ["told_at"])
    path = f"/changes/{change['id']}"
    await service.client.done(f"{path}/classification", {"classification": "minor"})
    async with regulatory(service) as rea:
        wrong = {"markets": [{"market": "US", "category": "ib"}], "lots_already_made": "none"}
        refused = await rea.post(f"{path}/assessment", json=wrong)
        assert (refused.status_code, "US knows none, annual_report" in refused.text) == (422, True)
        await rea.done(f"{path}/assessment", ASSESSED)
    first = await begun(service, known)
    async with site_quality(service, known) as site:
        own = await site.post(f"{path}/site-approval")
        assert (own.status_code, own.json()["fields"]) == (403, ["proposed_by"])
        await site.done(f"{path}/emergency-implementation", {"first_batch_id": first["id"], "emergency_reason": "x"})
    await service.client.done(f"{path}/refusal", {"reason": "the plant is not audited"})
    (found,) = (await service.client.get(f"/batches/{first['id']}/changes", params={"market": "CH"})).json()
    assert (found["applies"], found["releasable"]) == (True, False)
    ended = await service.client.done(f"{path}/reversal", {"reverted_on": str(datetime.now(UTC).date())})
    assert (ended["state"], ended["waiting_for"]) == ("refused", None)
    (fact,) = await bus.told(ChangeRefused, change_id=UUID(change["id"]))
    assert fact.reason == "the plant is not audited"


async def test_a_site_refuses_what_the_sponsor_proposed(bus: Any, known: Any, service: Any) -> None:
    body = {"site_id": str(known.site), "products": [known.code], "title": "x", "description": "x"}
    change = await service.client.done("/changes", body | {"effective_from": "2099-01-31"})
    path, why = f"/changes/{change['id']}", {"reason": "the granulator cannot"}
    await service.client.done(f"{path}/classification", {"classification": "minor"})
    async with site_quality(service, known) as site:
        early = await site.post(f"{path}/site-refusal", json=why)
        assert (early.status_code, early.json()["state"]) == (409, "classified")
        async with regulatory(service) as rea:
            await rea.done(f"{path}/assessment", ASSESSED)
        assert (await site.post(f"{path}/refusal", json=why)).status_code == 403
        refused = await site.done(f"{path}/site-refusal", why)
    assert (refused["state"], refused["refusal_reason"], refused["waiting_for"]) == ("refused", why["reason"], None)
    (fact,) = await bus.told(ChangeRefused, change_id=UUID(change["id"]))
    assert fact.reason == why["reason"]
