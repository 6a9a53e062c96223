"""CloudEvents in our own words."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from contracts import Lot
from partner_feeds.reporting import known

SINGLE = {"Content-Type": "application/cloudevents+json"}


async def test_an_event_becomes_a_fact(business: Any, published: Any) -> None:
    event = business.event("BatchStart", record_id="mes/1", planned_quantity={"value": 240000, "unit": "{tablet}"})
    answer = await business.send(json.dumps(event), business.mes_feed, **SINGLE)
    assert (answer["accepted"], answer["state"], answer["records"]) == (
        1,
        "translated",
        [{"row": 1, "outcome": "accepted"}],
    )
    (fact,) = await published(answer["message_id"])
    assert fact["occurred_at"] == "2024-05-17T10:30:00+02:00"
    assert fact["planned_quantity"] == {"value": "240000", "unit": "{tablet}"}
    assert fact["source"]["id"] == "mes/1"
    assert UUID(fact["lot"]["site_id"]) == business.site
    assert fact["_parties"] == str(business.maker)


async def test_every_kind_of_record(business: Any, published: Any) -> None:
    lot = {"material": business.code, "number": "B-1"}
    answer = await business.send_events(
        business.event("BatchStart", lot=lot, inputs=[{"material": "smcc", "number": "9"}]),
        business.event("BatchCompletion", lot=lot, completed_at="2024-05-18", yield_percent="98.2"),
        business.event(
            "ProcessData", lot=lot, step="compression", values=[{"name": "force", "value": 4.2, "unit": "kN"}]
        ),
        business.event("TestResult", lot=lot, test="assay", stage="release", value="99.1", unit="%"),
        business.event(
            "TestResult", lot=lot | {"material": "smcc"}, test="ph", stage="raw_material", value=4, unit="[pH]"
        ),
        business.event(
            "Deviation",
            lot=None,
            lots=[lot],
            title="Belt torn",
            category="equipment",
            partner_aware_at="2024-05-17T11:00:00Z",
        ),
    )
    assert answer["errors"] == []
    facts = await published(answer["message_id"])
    assert [fact["_type"].removesuffix("Reported") for fact in facts] == [
        "BatchStart",
        "BatchCompletion",
        "ProcessData",
        "Deviation",
        "TestResults",
        "TestResults",
    ]
    deviation, release, raw = facts[3:]
    assert UUID(deviation["site_id"]) == business.site
    assert deviation["lots"][0]["id"] == facts[0]["lot"]["id"]
    assert release["lot"]["product_id"] is not None
    assert raw["lot"]["product_id"] is None
    assert UUID(release["laboratory_site_id"]) == business.site


async def test_a_higher_revision_amends_and_a_lower_one_is_kept_behind_it(business: Any, published: Any) -> None:
    def result(value: str, revision: int) -> dict[str, Any]:
        lot = {"material": business.code, "number": "B-1"}
        return dict(
            business.event(
                "TestResult",
                record_id="r1",
                revision=revision,
                lot=lot,
                test="assay",
                stage="release",
                value=value,
                unit="%",
            )
        )

    first = await business.send_events(result("99.1", 2))
    amended = await business.send_events(result("98.7", 3))
    late = await business.send_events(result("97.0", 1))
    outcomes = [answer["records"][0]["outcome"] for answer in (first, amended, late)]
    assert outcomes == ["accepted", "amended", "accepted"]
    expected = "TestResult r1 is known in a later revision, which stays; revision 1 is kept behind it"
    assert [notice.partition(": ")[2] for notice in late["notices"]] == [expected]
    again = await business.send_events(result("97.0", 1) | {"id": uuid4().hex}, result("97.5", 1), result("98.0", 2))
    assert [line["outcome"] for line in again["records"]] == ["duplicate", "conflict", "conflict"]
    (fact,) = await published(amended["message_id"])
    assert (fact["results"][0]["value"], fact["results"][0]["revision"], fact["_sequence"]) == ("98.7", 3, 3)
    both = await business.send_events(result("98.7", 3), result("98.5", 4), result("98.5", 4))
    assert [line["outcome"] for line in both["records"]] == ["duplicate", "amended", "duplicate"]
    assert [fact["results"][0]["value"] for fact in await published(both["message_id"])] == ["98.5"]


async def test_a_start_and_a_completion_may_have_the_same_id(business: Any, published: Any) -> None:
    """A MES names what it reports by the order's number."""
    lot = {"material": business.code, "number": "B-1"}
    answer = await business.send_events(
        business.event("BatchStart", record_id="order-1", lot=lot),
        business.event(
            "BatchCompletion", record_id="order-1", lot=lot, completed_at="2024-05-18", yield_percent="98.2"
        ),
    )
    assert [line["outcome"] for line in answer["records"]] == ["accepted", "accepted"]
    assert len(await published(answer["message_id"])) == 2


@pytest.mark.parametrize("together", [True, False])
async def test_what_was_said_of_one_batch_cannot_be_carried_over_to_another(
    business: Any, published: Any, together: bool
) -> None:
    """Else the first one would stay made, and be counted, without anybody who says so."""
    wrong, right = ({"material": business.code, "number": number} for number in ("B-1", "B-2"))
    first = business.event("BatchStart", record_id="mes/1", lot=wrong)
    moved = business.event("BatchStart", record_id="mes/1", revision=2, lot=right)
    if together:
        answer = await business.send_events(first, moved)
    else:
        await business.send_events(first)
        answer = await business.send_events(moved)
    assert answer["records"][-1]["outcome"] == "refused"
    assert "of another lot" in answer["errors"][0]["reason"]
    again = business.event("BatchStart", record_id="mes/1", revision=2, lot=wrong)
    assert (await business.send_events(again))["records"][0]["outcome"] == "amended"


async def test_what_another_message_says_of_a_batch_at_the_same_moment_is_not_carried_over(
    business: Any, published: Any, database: asyncpg.Pool, eventually: Any
) -> None:
    """It looked before the other one was committed, and waits for it."""
    wrong, right = ({"material": business.code, "number": number} for number in ("B-1", "B-2"))
    (feed,) = (await business.mes.get("/feeds", params={"code": business.mes_feed})).json()["items"]
    first = known.Sent("BatchStart", "mes/1", 1, 11, 1, Lot.identify(business.site, business.code, wrong["number"]))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with database.acquire() as connection:
        async with connection.transaction():
            await known.compare(connection, UUID(feed["id"]), uuid4(), [first], keep=True)
            moved = business.event("BatchStart", record_id="mes/1", revision=2, lot=right)
            sending = asyncio.create_task(business.send_events(business.event("BatchStart"), moved))
            await eventually(lambda: database.fetchval(waiting))
        answer = await sending
        record = "SELECT revision, lot_id FROM known_record WHERE feed_id = $1 AND record_id = 'mes/1'"
        kept = [tuple(row) for row in await connection.fetch(record, UUID(feed["id"]))]
    assert [line["outcome"] for line in answer["records"]] == ["accepted", "refused"]
    assert "of another lot" in answer["errors"][0]["reason"]
    assert kept == [(1, first.lot_id)]
    assert len([fact for fact in await published(answer["message_id"]) if "source" in fact]) == 1


async def test_a_deviations_lot_of_no_product_is_told(business: Any, register_product: Any) -> None:
    """It may be a raw material's; and a misspelt code would otherwise go unnoticed."""
    code = f"VEL-{uuid4().hex[:8].upper()}0"
    await register_product(code)

    def deviation(*codes: str) -> dict[str, Any]:
        lots = [{"material": each, "number": "1"} for each in codes]
        common = {"title": "Belt torn", "category": "equipment", "partner_aware_at": "2024-05-17T11:00:00Z"}
        return dict(business.event("Deviation", lot=None, lots=lots, **common))

    misspelt = code[:-1] + "O"
    answer = await business.send_events(deviation(code), deviation(misspelt, code), deviation("lactose"))
    assert (answer["accepted"], answer["errors"]) == (3, [])
    expected = "row {}: no product has the code {}; the lot is taken as one of a material"
    assert answer["notices"] == [expected.format(2, f"{misspelt}; nearest: {code}"), expected.format(3, "lactose")]
    further = deviation(f"{code[:-2]}-O")
    assert "nearest" not in (await business.send_events(further))["notices"][0], "products are the sponsor's"


async def test_the_right_content_type_is_another_message(business: Any) -> None:
    events = json.dumps([business.event("BatchStart")])
    as_one = await business.send(events, business.mes_feed, **SINGLE)
    as_batch = await business.send(events, business.mes_feed, **{"Content-Type": "application/cloudevents-batch+json"})
    assert (as_one["refused"], as_batch["accepted"], as_batch["refused"]) == (1, 1, 0)


async def test_an_event_that_is_larger_than_a_fact_may_be(business: Any) -> None:
    values = [{"name": f"n{number}", "value": "x" * 2000} for number in range(500)]
    big = business.event("ProcessData", step="compression", values=values)
    answer = await business.send_events(big, business.event("BatchStart"))
    assert [line["outcome"] for line in answer["records"]] == ["refused", "accepted"]
    assert "divide it" in answer["errors"][0]["reason"]


@pytest.fixture
def traced() -> None:
    """Spans are made, and sent nowhere."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())


@pytest.mark.usefixtures("traced")
async def test_the_requests_trace_goes_on_in_the_facts(business: Any, published: Any) -> None:
    """Also where another process translates: the trace is stored with the message."""
    trace_id = uuid4().hex
    event = json.dumps(business.event("BatchStart"))
    headers = SINGLE | {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    answer = await business.send(event, business.mes_feed, **headers)
    (fact,) = await published(answer["message_id"])
    assert fact["_traceparent"].split("-")[1] == trace_id
