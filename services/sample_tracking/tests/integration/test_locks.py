"""Whoever locks several rows does so in one order: while it waits for the first, it holds none of the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from sample_tracking.results.statements import ALONE
from tests.entitling import PROOF, registered

from .certifying import PATH as CERTIFICATES
from .certifying import certifying
from .test_makers import BEFORE, Sold, settled, told
from .test_orders import LIMIT, PATH, WHY, measured, ordering

__all__ = ["certifying", "ordering"]

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture
def answers(database: Any, eventually: Any) -> Callable[..., Awaitable[list[Any]]]:
    """What requests at once answer that all want the first of some rows, and hold none of the others until then."""

    async def of(table: str, rows: Sequence[UUID], *requests: Awaitable[Any]) -> list[Any]:
        async def all_wait() -> bool:
            await database.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction saw once it sees again
            return bool(await database.fetchval(WAITING) >= len(requests))

        lock = f"SELECT FROM {table} WHERE id = ANY ($1) FOR UPDATE"
        before = await database.fetchval(DEADLOCKS)
        async with database.transaction():
            await database.execute(lock, rows[:1])  # perhaps after the worker, who settles what was accepted
            answered = asyncio.gather(*requests)
            await eventually(all_wait)
            await database.execute(f"{lock} NOWAIT", rows[1:])
        found = await answered
        assert await database.fetchval(DEADLOCKS) == before
        return found

    return of


async def test_orders_of_a_lot_that_are_settled_at_once_wait_for_one_another(
    known: Any, ordering: Any, answers: Any
) -> None:
    lot = known.lot()
    first, second, third = [await ordering.accepted(lot, test) for test in ("assay", "water", "assay")]
    of_it = {"test": "assay", "stage": "release"}
    await ordering.bench.done(f"{PATH}/{third['id']}/not-tested", of_it | WHY)
    found = await answers(
        "test_order",
        [UUID(each["id"]) for each in (first, second, third)],
        ordering.lab.post(f"{PATH}/{first['id']}/cancellation", json=WHY),
        ordering.lab.post(f"{PATH}/{second['id']}/cancellation", json=WHY),
        ordering.lab.post(f"{PATH}/{third['id']}/not-tested-decision", json=of_it | {"accepted": True} | WHY),
    )
    assert [(each.status_code, each.json()["state"]) for each in found] == [
        *((200, "cancelled"), (200, "cancelled"), (200, "completed"))
    ]


async def test_an_entitlement_and_a_review_lock_results_in_the_order_in_which_they_are_recorded(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, answers: Any
) -> None:
    code = f"M-{known.code}"
    await specify(known.code, LIMIT | {"test": "assay", "lower": "95", "method": code})
    method, lot = await registered(tracking.client, code), known.lot()
    later, earlier = [measured("assay", "99").model_copy(update={"id": id}) for id in ("2", "1")]
    await bus.publish(known.together(later, earlier, lot=lot))
    found = {each["source_id"]: each for each in await results(lot, 2)}
    assert found["2"]["id"] < found["1"]["id"], "by their ids they are the other way round"
    about = {"method_id": method["id"], "laboratory_site_id": str(known.laboratory_site), "valid_from": "2018-01-01"}
    answered = await answers(
        "result",
        [UUID(found[id]["id"]) for id in ("1", "2")],
        tracking.client.post("/entitlements", json=about | PROOF | {"standing": "validated"}),
        tracking.as_("lab", subject="lea").post(
            f"/result-sets/{found['1']['set_id']}/review", json={"raw_data_seen": True}
        ),
    )
    assert [each.status_code for each in answered] == [201, 200]


async def test_who_learns_of_a_lot_s_maker_waits_for_its_certificate_before_those_who_issue_wait(
    tracking: Any, known: Any, bus: Any, certifying: Any, database: Any, eventually: Any
) -> None:
    site = Sold(tracking, known)
    site.lot, certifying.lot = certifying.lot, certifying.lot.model_copy(update={"partner_id": site.buyer})
    buyer = {"id": site.buyer, "number": "P-9", "name": "Buyer"}
    await database.execute("INSERT INTO known_partner (id, number, name) VALUES ($1, $2, $3)", *buyer.values())
    facts = site.facts(BEFORE)
    await told(bus, database, [facts["sale"]])
    await certifying.found("99.1", 1, approve=True)
    coa = await certifying.draft()

    async def wait(*events: str) -> None:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = ANY ($1)"

        async def all_wait() -> bool:
            await database.execute("SELECT pg_stat_clear_snapshot()")
            return bool(await database.fetchval(waiting, events))

        await eventually(all_wait)

    before = await database.fetchval(DEADLOCKS)
    async with database.transaction():
        await database.execute(ALONE)
        await bus.publish(facts["start"], facts["ended"])
        await wait("advisory")
        issuing = asyncio.create_task(certifying.laboratory.post(f"{CERTIFICATES}/{coa['id']}/issue"))
        await wait("transactionid", "tuple")
    answer = await issuing
    assert (answer.status_code, answer.json()["missing"]) == (409, ["manufacturer"]), answer.text
    await settled(bus, database, {site.lot.id: site.seller})
    assert await database.fetchval(DEADLOCKS) == before
