"""What becomes known of a batch that is sold: each market asks, and no partner hears of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts import Classification
from contracts.complaints import AuthorityNotificationDue
from contracts.impacts import DistributionImpactAssessed, DistributionImpactOpened, ImpactCause, ImpactOpened
from contracts.quality_events import OosReopened, QualityEventsBallHeld
from quality_events.impacts.commands import weigh
from runtime.database import Context
from runtime.principal import worker
from tests.releasing import decision, disposition, recorded

LIST = "/distribution-impacts"
REGIMES = {"US": "us", "CH": "ch"}
NONE = {"outcome": "none", "assessment": "the press was repaired before this lot"}


async def told_again(service: Any, id: str, fact: Any, cause: ImpactCause = ImpactCause.deviation) -> None:
    """A fact of the cause comes once more, as after a replay."""
    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        work.cause = recorded(fact, 1, id)
        await weigh(work, cause, UUID(id))


async def test_each_cause_asks_once_for_each_market_where_the_batch_is(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    minor = known.deviation(lot, proposed_classification=Classification.minor)
    await bus.publish(minor, known.oos(lot))
    oos = await found("distribution-impacts", batch_id=id, cause_type="oos")
    deviation = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert (oos["market"], oos["state"], oos["opened_by"], oos["in_time"]) == ("US", "open", None, None)
    assert (oos["batch"]["number"], oos["cause"]["name"], oos["waiting_for"]["side"]) == (lot.number, "oos", "sponsor")
    due = await found("authority-notifications", cause_id=oos["cause_id"], waiting_for="sponsor")
    assert (due["kind"], due["cause_type"]) == ("us_field_alert", "oos")
    unconfirmed = await found("authority-notifications", cause_id=deviation["cause_id"])
    assert unconfirmed["market"] == "US", "that it is minor is what the partner proposes"
    graver = {"classification": "major"}
    await service.client.done(f"/deviations/{deviation['cause_id']}/classification", graver)
    assert len(await bus.told(DistributionImpactOpened, 2, batch_id=UUID(id))) == 2
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        assert [(await maker.get(path)).status_code for path in (LIST, f"{LIST}/{oos['id']}")] == [403, 403]
        told = (await maker.get(f"/deviations/{deviation['cause_id']}/history")).text
        assert [word for word in ("Impact", "Authority") if word in told] == []
    path = f"{LIST}/{deviation['id']}/assessment"
    refused = await service.client.post(path, json=NONE | {"outcome": "stopped"})
    assert (refused.status_code, "stop its disposition first" in refused.json()["detail"]) == (409, True), refused.text
    assessed = await service.client.done(path, NONE)
    assert (assessed["state"], assessed["outcome"], assessed["allowed"]) == ("assessed", "none", [])
    assert assessed["waiting_for"] is None
    open_ = {"lot": lot.number, "waiting_for": "sponsor", "partner_id": str(known.maker)}
    assert [each["id"] for each in (await service.client.get(LIST, params=open_)).json()["items"]] == [oos["id"]]
    turns = await bus.told(QualityEventsBallHeld, 2, subject_id=UUID(deviation["id"]))
    assert [(fact.side, fact.subject_type) for fact in turns] == [
        *(("sponsor", "distribution_impact"), ("nobody", "distribution_impact"))
    ]
    (fact,) = await bus.told(DistributionImpactAssessed, impact_id=UUID(deviation["id"]))
    (opened, *_) = await bus.told(ImpactOpened, 2, batch_id=UUID(id))
    for each in (fact, opened):
        assert (each.partner_id, each.site_id, each.product_id) == (known.maker, known.site, known.product)
    assert (fact.outcome, fact.market) == ("none", "US")
    await asyncio.gather(*(told_again(service, deviation["cause_id"], minor) for _ in range(3)))
    assert (await found("distribution-impacts", batch_id=id, cause_type="deviation"))["state"] == "assessed"


async def test_new_evidence_and_a_confirmation_ask_again_what_was_answered(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    await bus.publish(known.oos(lot))
    first = await found("distribution-impacts", batch_id=id, cause_type="oos")
    oos, about = first["cause_id"], {"params": {"cause_id": first["cause_id"]}}
    alert = await found("authority-notifications", cause_id=oos)
    await service.client.done(f"{LIST}/{first['id']}/assessment", NONE)
    async with service.as_("regulatory", subject="rosa") as regulatory:
        await regulatory.done(f"/authority-notifications/{alert['id']}/waiver-proposal", {"reason": "not distributed"})
    await service.client.done(f"/authority-notifications/{alert['id']}/waiver")
    path = f"/oos-investigations/{oos}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error"})
    await service.client.done(f"{path}/conclusion", {"conclusion": "inconclusive"})
    manipulated = {"reason": "new evidence", "evidence": "chromatogram was manipulated"}
    reopened = (await service.client.done(f"{path}/reopening", manipulated))["reopened_at"]
    again = await found("distribution-impacts", cause_id=oos, state="open")
    assert (again["round"], again["market"], again["sponsor_aware_at"], again["in_time"]) == (2, "US", reopened, None)
    due = await found("authority-notifications", cause_id=oos, state="due")
    assert (due["round"], due["kind"], due["aware_at"]) == (2, "us_field_alert", reopened)
    (fact,) = await bus.told(OosReopened, investigation_id=UUID(oos))
    await asyncio.gather(*(told_again(service, oos, fact, ImpactCause.oos) for _ in range(3)))
    await service.client.done(f"{LIST}/{again['id']}/assessment", NONE)
    await told_again(service, oos, fact, ImpactCause.oos)
    for list_, states in ((LIST, ["assessed", "assessed"]), ("/authority-notifications", ["due", "not_required"])):
        items = (await service.client.get(list_, **about)).json()["items"]
        assert sorted(each["state"] for each in items) == states, "once for each reopening"
    assert len(await bus.told(DistributionImpactOpened, 2, cause_id=UUID(oos))) == 2
    shown = {"conclusion": "confirmed", "cause": "worn punches", "evidence": "weights"}
    confirmed = (await service.second.done(f"{path}/conclusion", shown))["concluded_at"]
    third = await found("distribution-impacts", cause_id=oos, state="open")
    assert (third["round"], third["sponsor_aware_at"]) == (3, confirmed), "it was not confirmed when it was answered"


async def test_what_is_stopped_and_rejected_is_where_it_went_before(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    path = await disposition(service.client, id, "US")
    stop = await decision(service.client, id, "US", impact="the glass may break")
    await service.client.done(f"{path}/stop", stop)
    rejected = await service.client.done(f"{path}/rejection", await decision(service.client, id, "US"))
    assert rejected["state"] == "rejected"
    await bus.publish(known.oos(lot))
    oos = await found("distribution-impacts", batch_id=id, cause_type="oos")
    assert (oos["market"], oos["state"]) == ("US", "open")
    assert (await found("authority-notifications", cause_id=oos["cause_id"]))["kind"] == "us_field_alert"


async def test_a_person_opens_one_and_another_assesses_it(bus: Any, service: Any, sold: Any) -> None:
    _, id = sold
    said = {"description": "brown", "market": "CH", "category": "quality", "batch_id": id}
    complaint = await service.client.done("/complaints", said | {"received_at": datetime.now(UTC).isoformat()})
    cause = {"batch_id": id, "market": "CH", "cause_type": "complaint", "cause_id": complaint["id"]}
    opened = await service.client.done(LIST, cause)
    assert (await service.client.done(LIST, cause))["id"] == opened["id"]
    stranger = await service.client.post(LIST, json=cause | {"cause_type": "oos"})
    assert stranger.status_code == 404, stranger.text
    own = await service.client.post(f"{LIST}/{opened['id']}/assessment", json=NONE)
    assert (own.status_code, opened["opened_by"] is None) == (403, False), own.text
    async with service.as_("quality", subject="second") as second:
        recall = await _proposed(service, id, "US")
        said = {"outcome": "recall_proposed", "assessment": "it goes back"}
        for more, status, why in (
            ({}, 409, "propose a recall of the batch from CH"),
            ({"recall_id": recall["id"]}, 409, "does not bring this batch back from CH"),
            ({"recall_id": str(UUID(int=1))}, 404, "recall"),
            ({"recall_id": recall["id"], "outcome": "none"}, 422, "where the outcome is recall_proposed"),
        ):
            refused = await second.post(f"{LIST}/{opened['id']}/assessment", json=said | more)
            assert (refused.status_code, why in refused.text) == (status, True), refused.text
        named = said | {"recall_id": (recall := await _proposed(service, id, "CH"))["id"]}
        assessed = await second.done(f"{LIST}/{opened['id']}/assessment", named)
        assert assessed["recall"] == {"id": recall["id"], "number": recall["number"], "name": "class II"}
        await second.done(f"/recalls/{recall['id']}/refusal", {"reason": "it is the patient's glass"})
    in_ch = {"cause_id": complaint["id"], "market": "CH", "state": "open"}
    again = (await service.client.get(LIST, params=in_ch)).json()["items"]
    news = [f"{recall['number']}, which was proposed for it, was declined"]
    assert [(each["round"], each["news"], each["waiting_for"]["side"]) for each in again] == [(2, news, "sponsor")]
    (alert,) = await bus.told(AuthorityNotificationDue, cause_id=UUID(complaint["id"]), market="CH")
    assert alert.kind == "unknown_rule"


async def _proposed(service: Any, batch_id: str, market: str) -> Any:
    body = {"batch_ids": [batch_id], "markets": [{"market": market, "regime": REGIMES[market]}], "cause": "brown"}
    return await service.client.done(
        "/recalls", body | {"classification": "II", "depth": "retail", "health_hazard": "none known"}
    )
