"""A partner leaves, over HTTP: by two people of two functions, and not while something is known to be open."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts import Lot
from contracts.batches import BatchTerminated
from contracts.partner_registry import PartnerStatusChanged
from contracts.quality_events import BatchStarted, CapaClosed, CapaOpened

ITEMS = ("open_orders", "stock", "samples", "records_and_retention", "open_quality_events", "access_ended")
NOW = datetime.now(UTC)


def capa(kind: type[Any], site: Any, id: UUID, **more: Any) -> Any:
    given = {"capa_id": id, "number": f"CAPA-{id.hex[:6]}", "source_type": "manual", "source_id": id, "generation": 1}
    given |= {"site_id": UUID(site["id"]), "partner_id": UUID(site["partner_id"]), "occurred_at": NOW} | more
    return kind(**given)


async def test_a_partner_leaves_by_a_checklist_that_two_functions_answer_for(
    bus: Any, registry: Any, site: Any, qualify: Any, eventually: Any
) -> None:
    owner = UUID(site["partner_id"])
    body = {"partner_id": str(owner), "reason": "the product went elsewhere"}
    sourcing, quality = (registry.as_(role, subject=f"{role} person") for role in ("sourcing", "quality"))
    early = await sourcing.post("/partner-exits", json=body)
    assert (early.status_code, "is prospect" in early.json()["detail"]) == (409, True)
    await qualify.certified(site)
    await qualify.approved(site)
    assert (await quality.post("/partner-exits", json=body)).status_code == 403, "sourcing proposes"
    path = f"/partner-exits/{(await sourcing.done('/partner-exits', body))['id']}"
    assert "is being prepared" in (await sourcing.post("/partner-exits", json=body)).json()["detail"]
    answers = [{"item": each, "verdict": "done", "evidence": "0" * 64} for each in ITEMS]
    open_stock = {"item": "stock", "verdict": "open", "reason": "two pallets"}
    await sourcing.done(f"{path}/answers", {"answers": [*answers[:1], open_stock, *answers[2:]]})
    refused = await quality.post(f"{path}/completion")
    assert (refused.status_code, refused.json()["missing"][0]) == (409, "stock is open")
    await sourcing.done(f"{path}/answers", {"answers": [answers[1]]})
    lot = Lot(id=uuid4(), number="L-7", material="TAB", site_id=UUID(site["id"]), partner_id=owner)
    event = uuid4()
    batch: dict[str, Any] = {"batch_id": lot.id, "lot": lot, "occurred_at": NOW}
    await bus.publish(BatchStarted(**batch), capa(CapaOpened, site, event))

    async def known() -> Any:
        shown = (await quality.get(path)).json()
        return shown if sum(each["contradicted"] for each in shown["items"]) == 2 else None

    shown = await eventually(known)
    named = {each["item"]: [one["number"] for one in each["known_open"]] for each in shown["items"]}
    assert (named["open_orders"], named["open_quality_events"]) == (["L-7"], [f"CAPA-{event.hex[:6]}"])
    refused = await quality.post(f"{path}/completion")
    assert (refused.status_code, "these are open: L-7" in refused.json()["detail"]) == (409, True)
    await bus.publish(BatchTerminated(reason="given up", **batch), capa(CapaClosed, site, event, effective=True))

    async def nothing_missing() -> bool:
        return bool((await quality.get(path)).json()["missing"] == [])

    await eventually(nothing_missing)
    both = registry.as_("sourcing", "quality", subject="sourcing person")
    assert (await both.post(f"{path}/completion")).json()["fields"] == ["prepared_by"], "one person is not two"
    assert (await sourcing.post(f"{path}/completion")).status_code == 403
    assert (await quality.done(f"{path}/completion"))["completed_by"] == "quality person"
    assert (await quality.get(f"/partners/{owner}")).json()["state"] == "exited"
    (fact,) = await bus.told(PartnerStatusChanged, partner_id=owner, after="exited")
    assert (fact.before, fact.reason) == ("active", body["reason"])
    async with registry.as_("partner_quality", partner_id=owner) as own:
        assert (await own.get(path)).status_code == 403
