"""A deviation that had ended names a further lot, or a graver class: no lot of it goes out before it is answered."""

from typing import Any

from contracts import Classification
from tests.releasing import decision, disposition, made, readiness, settled, stated, usual


async def closed(bus: Any, known: Any, service: Any, found: Any, record: str) -> tuple[Any, str]:
    """The lot and the path of a minor deviation that is closed."""
    lot = known.lot()
    await bus.publish(known.start(lot), known.deviation(lot, record=record))
    path = f"/deviations/{(await found('deviations', lot=lot.number))['id']}"
    ana, second = {"partner_id": known.maker, "subject": "ana"}, {"subject": "second"}
    async with service.as_("partner_quality", **ana) as owner, service.as_("quality", **second) as quality:
        for who, step, body in (
            (service.client, "classification", {"classification": "minor"}),
            (owner, "investigation", {}),
            (owner, "investigation-results", {"root_cause_category": "equipment", "root_cause": "worn"}),
            (owner, "approval-request", None),
            (quality, "closure", None),
        ):
            shown = await who.done(f"{path}/{step}", body)
    assert (shown["state"], shown["waiting_for"]) == ("closed", None)
    return lot, path


async def test_no_lot_goes_out_while_an_amendment_of_an_ended_deviation_waits(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    id, lot = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
    await settled(bus, service.client, id, "US")
    record = f"D{lot.number}"
    other, path = await closed(bus, known, service, found, record)
    grave = {"proposed_classification": Classification.critical}
    await bus.publish(known.deviation(other, lot, record=record, revision=2, **grave))
    here = await settled(bus, service.client, id, "US", "deviations_settled")
    why = here["by_name"]["deviations_settled"]
    assert ("it was amended after it was closed" in why["why"], why["owner"]) == (True, "sponsor")
    us = await disposition(service.client, id, "US")
    refused = await service.client.post(f"{us}/release", json=await decision(service.client, id, "US"))
    assert refused.status_code == 409, refused.text
    batch = (await service.client.get("/batches", params={"lot": other.number})).json()["items"][0]
    assert "deviations_settled" in (await readiness(service.client, batch["id"], "US"))["blocking"], "it is graver"

    shown = (await service.client.get(path)).json()
    assert (shown["waiting_for"]["side"], [each["name"] for each in shown["allowed"]]) == (
        *("sponsor", ["answer_late_amendment"]),
    )
    assert [each["holds"] for each in shown["signatures"]] == [True], "nothing of what was signed changed"
    answer = {"revision": 2, "reason": "the lot was typed in by mistake, DEV-7 of the maker's log"}
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert (await maker.post(f"{path}/late-amendment-answer", json=answer)).status_code == 403
        own = (await readiness(maker, id, "US"))["by_name"]["deviations_settled"]
        assert (own["verdict"], shown["number"] in own["why"]) == ("not_met", True), "it is the maker's own"
    wrong = await service.client.post(f"{path}/late-amendment-answer", json=answer | {"revision": 1})
    assert (wrong.status_code, wrong.json()["fields"]) == (409, ["revision"]), wrong.text
    answered = await service.client.done(f"{path}/late-amendment-answer", answer)
    (late,) = answered["late_amendments"]
    assert (late["answer"], answered["waiting_for"], answered["state"]) == (answer["reason"], None, "closed")
    await settled(bus, service.client, id, "US")
    await service.client.done(f"{us}/release", await decision(service.client, id, "US"))

    await bus.publish(known.deviation(other, lot, known.lot(), record=record, revision=3, **grave))
    await bus.eventually(lambda: _late(service, path, 2))
    of_it = {"batch_id": id, "cause_type": "deviation"}
    assert (await service.client.get("/distribution-impacts", params=of_it)).json()["items"] == [], "nothing new of it"


async def test_where_a_lot_is_out_it_is_asked_what_the_amendment_means(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    record = f"D{lot.number}"
    other, _ = await closed(bus, known, service, found, record)
    await bus.publish(known.deviation(other, lot, record=record, revision=2))
    impact = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert (impact["state"], impact["market"]) == ("open", "US")
    assert impact["news"][0].startswith("revision 2 after it had ended")
    none = {"outcome": "none", "assessment": "the press was repaired before this lot"}
    await service.client.done(f"/distribution-impacts/{impact['id']}/assessment", none)
    more = {"proposed_classification": Classification.critical}
    await bus.publish(known.deviation(other, lot, record=record, revision=3, **more))
    again = await found("distribution-impacts", batch_id=id, cause_type="deviation", state="open")
    assert again["round"] == 2


async def _late(service: Any, path: str, count: int) -> Any:
    return len((await service.client.get(path)).json()["late_amendments"]) == count or None
