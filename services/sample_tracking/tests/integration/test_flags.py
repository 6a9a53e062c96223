"""What speaks against a result's data is answered before it is approved; the laboratory and the sponsor see it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts import Lot
from contracts.data_integrity import DataIntegrityFlagged, FlagState
from contracts.partner_feeds import Provenance, ReportedResult
from contracts.quality_events import BatchManufactured, BatchStarted

SEEN = {"raw_data_seen": True}
PATH = "/data-integrity-flags"
WHY = {"reason": "the audit trail shows the same"}
AT = datetime(2026, 3, 3, 8, tzinfo=UTC)


def measured(value: str = "99.1", **said: Any) -> ReportedResult:
    provenance = Provenance(**said) if said else None
    return ReportedResult(id=uuid4().hex, test="assay", value=Decimal(value), unit="%", provenance=provenance)


async def flags_of(tracking: Any, eventually: Any, count: int, **asked: str) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        answer = await tracking.client.get(PATH, params=asked | {"sort": "id"})
        items: list[dict[str, Any]] = answer.json()["items"]
        return items if len(items) == count else None

    found: list[dict[str, Any]] = await eventually(enough)
    return found


async def test_a_flag_is_answered_before_the_set_is_approved(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    def person(role: str, subject: str, of: UUID = known.laboratory) -> Any:
        return tracking.as_(role, partner_id=of, subject=subject)

    late = measured(calibration_due=AT.date() - timedelta(days=1), entered_at=AT + timedelta(days=2))
    report = known.together(late, occurred_at=AT, sent_by="ana")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    path, quality = f"/result-sets/{result['set_id']}", person("partner_quality", "dora")
    await person("partner_lab", "bor").done(f"{path}/review", SEEN)
    early = await quality.post(f"{path}/approval")
    assert (early.status_code, early.json()["missing"]) == (409, ["calibration_overdue", "entered_late"])
    overdue, typed = sorted(
        await flags_of(tracking, eventually, 2, set_id=result["set_id"]), key=lambda flag: flag["rule"]
    )
    assert [flag["rule"] for flag in (overdue, typed)] == ["calibration_overdue", "entered_late"]
    for one in (person("partner_quality", "mia", known.maker), person("partner_quality", "rob", uuid4())):
        assert (await one.get(PATH, params={"set_id": result["set_id"]})).json()["items"] == []
        assert (await one.get(f"{PATH}/{typed['id']}")).status_code == 404
    maker = person("partner_quality", "mia", known.maker)
    assert (await maker.get(path)).json()["flags"] is None, "which does not say that there is nothing"
    assert [len((await one.get(path)).json()["flags"]) for one in (quality, tracking.client)] == [2, 2]
    assert (await maker.get(f"{path}/data-integrity")).json() == {"items": None, "not_judged": None}
    stranger = person("partner_quality", "rob", uuid4())
    assert (await stranger.get(f"{path}/data-integrity")).status_code == 404
    told = await bus.told(DataIntegrityFlagged, flag_id=UUID(typed["id"]))
    assert [(fact.state, fact.after_approval) for fact in told] == [(FlagState.open, False)]
    said = {"explanation": "the system was down over night; the printout is in the notebook"}
    assert (await person("partner_lab", "bor").post(f"{PATH}/{typed['id']}/answer", json=said)).status_code == 403
    await quality.done(f"{PATH}/{typed['id']}/answer", said)
    left = await quality.post(f"{path}/approval")
    assert (left.status_code, left.json()["flags"]) == (409, [overdue["id"]])
    answered = await quality.done(f"{PATH}/{overdue['id']}/answer", said)
    assert (answered["state"], answered["answered_by"], answered["waiting_for"]["side"]) == (
        "answered",
        "dora",
        "sponsor",
    )
    assert (await quality.done(f"{path}/approval"))["state"] == "approved"
    seen = (await quality.get(f"{path}/data-integrity")).json()
    assert {one["rule"] for one in seen["items"]} == {"calibration_overdue", "entered_late"}
    assert "analyst_not_trained" in {one["rule"] for one in seen["not_judged"]}
    assert (await quality.post(f"{PATH}/{typed['id']}/acceptance", json=WHY)).status_code == 403
    sponsor = tracking.as_("quality", subject="cene")
    assert (await sponsor.done(f"{PATH}/{typed['id']}/acceptance", WHY))["state"] == "accepted"
    assert (await sponsor.done(f"{PATH}/{overdue['id']}/confirmation", WHY))["decided_by"] == "cene"
    states = [fact.state for fact in await bus.told(DataIntegrityFlagged, 3, flag_id=UUID(overdue["id"]))]
    assert states == [FlagState.open, FlagState.answered, FlagState.confirmed]


async def test_whoever_answers_does_not_decide(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    report = known.together(measured(entered_at=AT + timedelta(days=2)), occurred_at=AT)
    await bus.publish(report)
    (flag,) = await flags_of(tracking, eventually, 1, lot_id=str(report.lot.id))
    cene, path = tracking.as_("quality", subject="cene"), f"{PATH}/{flag['id']}"
    await cene.done(f"{path}/answer", {"explanation": "the laboratory said so by telephone"})
    assert (await cene.post(f"{path}/acceptance", json=WHY)).status_code == 403
    await tracking.as_("quality", subject="eva").done(f"{path}/confirmation", WHY)
    await tracking.as_("lab", subject="bor").done(f"/result-sets/{flag['set_id']}/review", SEEN)
    refused = await tracking.as_("quality", subject="eva").post(f"/result-sets/{flag['set_id']}/approval")
    assert (refused.status_code, refused.json()["flags"]) == (409, [flag["id"]]), "a confirmed one holds it up"


async def test_in_whatever_order_results_come_the_flags_are_the_same(
    tracking: Any, known: Any, bus: Any, eventually: Any
) -> None:
    """Three lots with the same value, two of them with the same raw data: told in two orders, once and twice."""
    for nth, order in enumerate(([0, 1, 2], [2, 2, 0, 1])):
        lots, value = [known.lot() for _ in range(3)], f"9{nth}.37{nth + 1}"
        raw = [f"{letter}{nth}" * 32 for letter in "abb"]
        sets = [
            known.together(measured(value, raw_data_digest=digest), lot=lot, occurred_at=AT)
            for digest, lot in zip(raw, lots, strict=True)
        ]
        for each in order:
            await bus.publish(sets[each])
        copied = [
            await flags_of(tracking, eventually, 1 + bool(each), lot_id=str(lot.id)) for each, lot in enumerate(lots)
        ]
        assert [{flag["rule"] for flag in of_lot} for of_lot in copied] == [
            {"copied_values"},
            {"copied_values", "raw_data_reused"},
            {"copied_values", "raw_data_reused"},
        ]


async def test_what_becomes_known_of_a_lot_raises_a_flag_and_lets_it_lapse(
    tracking: Any, known: Any, bus: Any, eventually: Any, results: Any
) -> None:
    report = known.together(measured(), occurred_at=AT)
    lot: Lot = report.lot
    await bus.publish(report)
    (result,) = await results(lot, 1)
    path = f"/result-sets/{result['set_id']}"
    await tracking.as_("lab", subject="bor").done(f"{path}/review", SEEN)
    await tracking.as_("quality", subject="cene").done(f"{path}/approval")
    await bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=AT + timedelta(days=3)))
    (flag,) = await flags_of(tracking, eventually, 1, lot_id=str(lot.id), state="open")
    assert (flag["rule"], flag["after_approval"]) == ("tested_before_receipt", True)
    shown = (await tracking.client.get(path)).json()
    assert (shown["state"], [one["after_approval"] for one in shown["flags"]]) == ("approved", [True])
    await bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=AT - timedelta(days=3)))
    await flags_of(tracking, eventually, 1, lot_id=str(lot.id), state="lapsed")
    made: dict[str, Any] = {
        "batch_id": lot.id,
        "lot": lot,
        "completed_at": AT,
        "occurred_at": AT,
        "expiry_date": "2026-02",
    }
    await bus.publish(BatchManufactured(**made))
    expired = await flags_of(tracking, eventually, 1, lot_id=str(lot.id), state="open")
    assert expired[0]["rule"] == "tested_after_expiry"


async def test_what_a_feed_loads_of_its_past_is_not_judged(
    tracking: Any, known: Any, bus: Any, eventually: Any, results: Any
) -> None:
    late: dict[str, Any] = {"entered_at": AT + timedelta(days=2)}
    past = known.together(measured(**late), occurred_at=AT, historic=True)
    now = known.together(measured(**late), occurred_at=AT)
    await bus.publish(past)
    await results(past.lot, 1)
    await bus.publish(now)
    await flags_of(tracking, eventually, 1, lot_id=str(now.lot.id))
    assert (await tracking.client.get(PATH, params={"lot_id": str(past.lot.id)})).json()["items"] == []
