"""What comes out of /events, from real Kafka over real HTTP."""

import math
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts import topics
from contracts.partner_registry import ProductRegistered
from contracts.sample_tracking import SpecificationApproved
from event_stream import reader as reading
from event_stream.filters import Filter, full_types
from runtime.settings import Settings


def product() -> ProductRegistered:
    return ProductRegistered(
        occurred_at=datetime.now(UTC), product_id=uuid4(), code="T-1", name="Tablet", dosage_form="tablet"
    )


def specification() -> SpecificationApproved:
    return SpecificationApproved(
        occurred_at=datetime.now(UTC), specification_id=uuid4(), product_id=uuid4(), market=None, revision=1, limits=()
    )


def ids(events: list[Any]) -> list[str]:
    return [event.data["id"] for event in events]


async def test_a_fact_is_an_event_with_its_place_type_and_cloud_event(streaming: Any, happen: Any, fact: Any) -> None:
    raised = fact()
    async with streaming(key=str(raised.partner_id)) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        [id] = await happen(raised)
        [event] = await stream.take(1)
    topic, partition, offset = event.id.split(":")
    assert topic == "partner-registry.partner"
    assert partition in "0123"
    assert offset.isdecimal()
    assert event.type == event.data["type"] == "io.entente.PartnerRegistered.v1"
    assert event.data["id"] == id
    assert event.data["data"]["legal_name"] == "Alpine Tablets"


async def test_filters_by_type_partner_and_site(streaming: Any, happen: Any, fact: Any, site_fact: Any) -> None:
    partner, other = fact(), fact()
    site, elsewhere = site_fact(partner.partner_id), site_fact(partner.partner_id)
    since = datetime.now(UTC).isoformat()
    first, _, third, fourth = await happen(partner, other, site, elsewhere)
    async with streaming(since=since, partner=str(partner.partner_id)) as stream:
        assert set(ids(await stream.take(3))) == {first, third, fourth}
    async with streaming(since=since, partner=str(partner.partner_id), type="PartnerRegistered") as stream:
        assert ids(await stream.take(1)) == [first]
    async with streaming(since=since, site=str(site.site_id)) as stream:
        assert ids(await stream.take(1)) == [third]
    both = ["PartnerRegistered", "io.entente.SiteRegistered.v1"]
    async with streaming(since=since, partner=str(partner.partner_id), type=both) as stream:
        assert set(ids(await stream.take(3))) == {first, third, fourth}


async def test_a_partner_gets_only_what_it_is_a_party_to(streaming: Any, happen: Any, fact: Any, issuer: Any) -> None:
    mine = uuid4()
    token = issuer.token("partner_quality", partner_id=mine)
    since = datetime.now(UTC).isoformat()
    # The second names the partner without making it a party: the sponsor's own view of it.
    seen, _, _, last = (
        await happen(fact(), parties=(uuid4(), mine))
        + await happen(fact(mine))
        + await happen(fact(), parties=(uuid4(),))
        + await happen(fact(), parties=(mine,))
    )
    async with streaming(since=since, token=token) as stream:
        assert ids(await stream.take(2)) == [seen, last]


async def test_resuming_misses_nothing_that_other_partitions_got_meanwhile(
    streaming: Any, happen: Any, fact: Any, site_fact: Any
) -> None:
    partner = uuid4()
    about = {"partner": str(partner), "type": ["PartnerRegistered", "SiteRegistered"]}
    since = datetime.now(UTC).isoformat()
    sent = await happen(*[fact(partner) for _ in range(3)])
    async with streaming(since=since, **about) as stream:
        last = (await stream.take(2))[-1]
    sent += await happen(*[site_fact(partner) for _ in range(12)])
    async with streaming(last=last.id, **about) as stream:
        resumed = await stream.take(13)
    # The same partition goes on behind the fact; the twelve others come from all partitions of another topic.
    assert set(ids(resumed)) == set(sent[2:])


async def test_an_id_beyond_the_overlap_is_resumed_by_its_time(streaming: Any, happen: Any, fact: Any) -> None:
    partner, now = uuid4(), datetime.now(UTC)
    old = await happen(fact(partner, "old"), at=now - timedelta(hours=2))
    async with streaming(since="beginning", key=str(partner)) as stream:
        [seen] = await stream.take(1)
    assert ids([seen]) == old
    before = await happen(fact(partner, "again"), at=now - timedelta(hours=1))
    late = await happen(fact(partner, "new"))
    async with streaming(last=seen.id, key=str(partner)) as stream:
        assert ids(await stream.take(2)) == before + late


@pytest.mark.parametrize(
    "id",
    ["nonsense", "partner-registry.partner:0", "partner-registry.partner:9:0", "no.such-topic:0:0", "a:b:c",
     "partner-registry.partner:0:-1", "partner-registry.partner:0:" + "9" * 18, "partner-registry.partner:²:0",
     "partner-registry.partner:0:" + "9" * 40],
)  # fmt: skip
async def test_an_id_from_which_nothing_can_be_resumed_is_refused(streaming: Any, id: str) -> None:
    async with streaming(last=id.encode()) as stream:
        assert stream.response.status_code == 400
        assert stream.response.json()["type"] == "urn:entente:problem:unknown-event-id"


async def test_a_misspelt_type_is_refused_with_what_is_near(streaming: Any) -> None:
    async with streaming(type="DeviationRised") as stream:
        assert stream.response.status_code == 400
        assert "DeviationRaised" in stream.response.json()["detail"]


async def test_a_misspelt_filter_is_refused(streaming: Any) -> None:
    """It would let everything pass."""
    async with streaming(types="DeviationRaised") as stream:
        assert stream.response.status_code == 422
        assert stream.response.json()["type"] == "urn:entente:problem:unknown-parameter"
        told = "there is no parameter types; possible: key, last_event_id, partner, since, site, ticket, type"
        assert stream.response.json()["detail"] == told


@pytest.mark.parametrize("name", ["partner", "site", "key", "since", "last_event_id"])
async def test_a_filter_that_counts_once_is_given_once(streaming: Any, name: str) -> None:
    """The last of two would silently win."""
    value = "2026-01-01T00:00:00Z" if name == "since" else str(uuid4())
    async with streaming(**{name: [value, value]}) as stream:
        assert stream.response.status_code == 422
        assert stream.response.json()["type"] == "urn:entente:problem:repeated-parameter"
        assert name in stream.response.json()["detail"]


@pytest.mark.parametrize("since", ["2026-01-01T00:00:00", "yesterday"])
async def test_since_needs_an_offset(streaming: Any, since: str) -> None:
    async with streaming(since=since) as stream:
        assert stream.response.status_code == 422
        told = "write an instant with its offset from UTC, such as 2018-11-05T10:00:00Z; or 'beginning'"
        assert stream.response.json()["errors"] == [{"field": "query.since", "reason": told, "value": since}]


async def test_a_stream_of_every_topic_begins_at_once(streaming: Any) -> None:
    one_by_one = len(topics()) / 10
    """Seconds that it takes at least where Kafka is asked for each topic anew."""
    began = time.monotonic()
    async with streaming() as stream:
        assert stream.response.status_code == 200
    assert time.monotonic() - began < one_by_one


async def test_since_lies_within_the_bounds_of_what_happened(streaming: Any, edge_moments: Any) -> None:
    begun = set()
    for moment in edge_moments:
        async with streaming(since=moment) as stream:
            assert stream.response.status_code in (200, 422), moment
            if stream.response.status_code == 200:
                begun.add(moment)
    assert begun == {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00-12:00"}


async def test_a_stream_needs_a_token_and_takes_none_from_the_url(url: str, issuer: Any) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/events", params={"token": issuer.token("quality")})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stream_ends_when_its_token_expires(
    streaming: Any, happen: Any, fact: Any, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SILENT_AFTER", math.inf)
    raised, expires = fact(), time.time() + 300
    async with streaming(key=str(raised.partner_id), token=issuer.token("quality", exp=expires)) as stream:
        sent = await happen(raised)
        assert ids(await stream.take(1)) == sent
        monkeypatch.setattr(reading, "time", SimpleNamespace(time=lambda: expires))
        assert await stream.rest() == []


async def test_what_is_no_fact_is_passed_over(
    streaming: Any, happen: Any, fact: Any, settings: Settings, kafka: Any
) -> None:
    raised, since = fact(), datetime.now(UTC).isoformat()
    key = str(raised.partner_id)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        headers = [("ce_type", b"io.entente.PartnerRegistered.v1"), ("ce_specversion", b"1.0"), ("ce_id", b"1")]
        topic = settings.topic("partner-registry.partner")
        await producer.send_and_wait(topic, b"{not json", key=key.encode(), headers=headers)
    sent = await happen(raised)
    async with streaming(since=since, key=key) as stream:
        assert ids(await stream.take(1)) == sent


async def test_history_comes_in_the_order_of_time_across_partitions(streaming: Any, happen: Any) -> None:
    """Else an id would speak for partitions that are far ahead of it, and resuming there would miss facts."""
    start = datetime.now(UTC) - timedelta(minutes=30)
    sent: list[str] = []
    for number in range(60):  # products and specifications: no other test puts records into these topics
        made = product() if number % 3 else specification()
        sent += await happen(made, at=start + timedelta(seconds=20 * number))
    types = ["ProductRegistered", "SpecificationApproved"]
    async with streaming(since=(start - timedelta(seconds=1)).isoformat(), type=types) as stream:
        assert ids(await stream.take(60)) == sent


async def test_closed_streams_let_go_of_kafka(streaming: Any, launch: Any, eventually: Any) -> None:
    status = (await launch("event_stream")).client
    async with streaming(type="ProductRegistered"):
        assert (await status.get("status")).json()["readers"] >= 1

    async def nobody() -> bool:
        return bool((await status.get("status")).json()["readers"] == 0)

    await eventually(nobody)


async def test_a_stream_ends_when_kafka_falls_silent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = reading.Reader(settings, Filter(full_types(["ProductRegistered"])))
    await reader.open(None, None)
    try:
        monkeypatch.setattr(reading, "SILENT_AFTER", -1.0)
        assert [event.comment async for event in reader.events(time.time() + 60, anyio.Event())] == ["reading"]
    finally:
        await reader.close()
