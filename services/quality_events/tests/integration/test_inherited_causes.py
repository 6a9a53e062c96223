"""What stands against a lot, or a parent, is asked of what it went into, also where that is told last."""

from typing import Any

import pytest

from contracts import Classification
from contracts.partner_feeds import MaterialLot


@pytest.mark.parametrize("told_last", ["the input", "the cause"])
async def test_an_authoritys_clock_starts_whichever_is_told_last(
    told_last: str, bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    raw, bulk = (known.lot(material=material, product=None) for material in ("LACTOSE", "GRANULATE"))
    named = tuple(MaterialLot(material=each.material, number=each.number) for each in (raw, bulk))
    start = known.start(lot, revision=2, inputs=named)
    await bus.publish(known.start(bulk), known.completion(bulk))
    if told_last == "the cause":
        await bus.publish(start)
        await found("distribution-impacts", batch_id=id, cause_type="inputs")
    await bus.publish(known.oos(raw), *(known.deviation(each, record=each.number) for each in (raw, bulk)))
    oos = (await found("oos-investigations", lot=raw.number))["id"]
    deviations = [(await found("deviations", lot=each.number))["id"] for each in (raw, bulk)]
    for each in deviations:
        await service.client.done(f"/deviations/{each}/classification", {"classification": Classification.critical})
    if told_last == "the input":
        await bus.publish(start)
    for cause in (oos, *deviations):
        due = await found("authority-notifications", cause_id=cause, market="US")
        assert (due["kind"], due["round"]) == ("us_field_alert", 1)
    asked = (await service.client.get("/distribution-impacts", params={"batch_id": id})).json()["items"]
    about = {each["cause_id"]: each["round"] for each in asked}
    assert about == dict.fromkeys((oos, *deviations, id), 1), "once each, beside that they went in"
