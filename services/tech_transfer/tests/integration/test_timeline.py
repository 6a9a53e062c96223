"""Who held the ball over HTTP: noted by whoever changes it, seen by whoever may, and a delay that is told once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts import clock
from contracts.transfer_closure import TransferDelayed
from services.tech_transfer.tests.passing import fulfil, proposed

PAST = "2026-03-02"
WHY = {"reason": "the site is rebuilt"}


async def open_blocks(database: Any, transfer: Any) -> set[tuple[str, str]]:
    """What blocks a transfer's next gate now, and who owes it."""
    query = "SELECT rule, unit FROM gate_blocking WHERE transfer_id = $1 AND until IS NULL"
    return {tuple(row) for row in await database.fetch(query, UUID(transfer["id"]))}


async def test_what_blocks_is_noted_by_whoever_changes_it(
    service: Any, known: Any, started: Any, database: Any, tick: Any
) -> None:
    transfer = await started()
    assert {("team", "sponsor"), ("quality_agreement", "sponsor")} <= await open_blocks(database, transfer)
    await service.client.done(f"/transfers/{transfer['id']}/hold", WHY)
    assert await open_blocks(database, transfer) == {("hold", "sponsor")}
    await service.client.done(f"/transfers/{transfer['id']}/resumption")
    await fulfil(service, transfer, "initiation")
    assert await open_blocks(database, transfer) == {("decision", "sponsor")}
    path = f"/gate-decisions/{(await proposed(service, transfer, 'initiation'))['id']}"
    assert await open_blocks(database, transfer) == {("decision", "sending"), ("decision", "receiving")}
    async with service.as_("partner_quality", partner_id=known.sender) as sender:
        await sender.done(f"{path}/sending-signature")
    await tick(transfer)
    assert await open_blocks(database, transfer) == {("decision", "receiving")}
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        await receiver.done(f"{path}/receiving-signature")
    signed_by_both = clock.now()
    await tick(transfer)
    assert await open_blocks(database, transfer) == {("decision", "sponsor")}
    ended = "SELECT max(until) FROM gate_blocking WHERE transfer_id = $1"
    assert await database.fetchval(ended, UUID(transfer["id"])) < signed_by_both, "as of the signature"
    for role in ("svc_sponsor", "svc_worker", "svc_partner"):
        for statement in ("UPDATE gate_blocking SET unit = 'sponsor'", "INSERT INTO gate_blocking DEFAULT VALUES"):
            async with database.transaction():
                await database.execute(f"SET LOCAL role = {role}")
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with database.transaction():
                        await database.execute(statement)


async def test_the_days_of_all_are_the_slip_and_a_partner_reads_its_own(
    service: Any, known: Any, started: Any, database: Any
) -> None:
    transfer = await started(began_on=PAST)
    path = f"/transfers/{transfer['id']}/timeline"
    before = clock.now() - timedelta(days=10)
    of_sender = {"unit": "sending", "record_type": "gate_decision", "record_number": "GD-1"}
    await database.execute("SELECT set_config('entente.actor', 'test', false)")
    await database.execute(
        "UPDATE gate_blocking SET noted_at = $2, since = $2, unit = $3, record_type = $4, record_number = $5, "
        "record_id = $1 WHERE transfer_id = $1 AND rule = 'team'",
        *(UUID(transfer["id"]), before, *of_sender.values()),
    )
    seen = (await service.client.get(path)).json()
    slip = seen["gates"][0]
    assert (slip["gate"], slip["first_planned_on"], slip["ended_on"]) == ("initiation", "2026-03-16", None)
    days = {each["holder"]: each["days"] for each in slip["by_side"]}
    assert sum(days.values()) == slip["slip_days"] == len(slip["days"])
    assert days["sending"] + days["day_off"] >= 10
    assert slip["days"][-1]["record"]["number"] == "GD-1"
    own = {}
    for name, partner in (("sender", known.sender), ("receiver", known.maker)):
        async with service.as_("partner_quality", partner_id=partner) as party:
            own[name] = (await party.get(path)).json()["gates"][0]
    theirs = {each["holder"]: each["days"] for each in own["sender"]["by_side"]}
    assert theirs == {"sending": days["sending"], "others": slip["slip_days"] - days["sending"]}
    assert {each["holder"] for each in own["sender"]["days"]} == {"sending"}
    assert (own["receiver"]["by_side"], own["receiver"]["days"]) == (
        [{"holder": "others", "days": slip["slip_days"]}],
        [],
    )
    assert own["receiver"]["slip_days"] == own["sender"]["slip_days"] == slip["slip_days"]


async def test_a_delay_is_told_once_and_to_the_sponsor_alone(
    service: Any, known: Any, started: Any, tick: Any, bus: Any
) -> None:
    late, early = await started(began_on=PAST), await started()
    today = (await service.client.get(f"/transfers/{late['id']}/timeline")).json()["today"]
    for partner in (None, known.sender, known.maker):
        async with service.as_("msat" if partner is None else "partner_quality", partner_id=partner) as reader:
            gates = (await reader.get(f"/transfers/{late['id']}/gates")).json()
            assert gates["gates"][0]["forecast_on"] == today
            detail = (await reader.get(f"/transfers/{late['id']}")).json()
            assert gates["forecast_on"] == detail["forecast_on"] == gates["gates"][-1]["forecast_on"] > today
    await tick(late, early)
    (fact,) = await bus.told(TransferDelayed, transfer_id=UUID(late["id"]))
    assert (fact.gate, str(fact.planned_on), str(fact.forecast_on)) == ("initiation", "2026-03-16", today)
    assert sum(each.days for each in fact.days_by_side) == (fact.forecast_on - fact.planned_on).days
    (recorded,) = (each for each in bus.heard if each.fact == fact)
    assert recorded.parties == ()
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        await tick(late, early)
    assert len(bus.of(TransferDelayed, transfer_id=UUID(late["id"]))) == 1
    assert bus.of(TransferDelayed, transfer_id=UUID(early["id"])) == []
