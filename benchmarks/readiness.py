"""What stands against the release of a large batch, asked again and again beside many other batches."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

from benchmarks.feeds import client_of
from benchmarks.installation import Installation
from benchmarks.rows import Delays, Row
from contracts import Fact, Lot, Role, SourceRecord, contract_of, to_message
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported, MaterialLot, TestStage
from contracts.partner_registry import SiteRegistered
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported

_INPUTS, _RESULTS, _SETS, _OTHERS = 500, 2000, 20, 20_000
_LEAST = 100
"""Answers of a round, of which a 99th percentile can be told."""
ROWS = (Row("readiness of a batch of 500 inputs and 2,000 results, beside 20,000 batches", aim=200, limit=400),)


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Delays, ...], None]:
    """Percentiles of the time until the answer is whole, asked by one person after the other."""
    process = await installation.serve("quality_events")
    batch_id = await _told(installation)
    url = f"http://127.0.0.1:{process.port}/v1/batches/{batch_id}/readiness"
    async with client_of(installation.signer.sign([Role.quality]).text) as client:
        while True:
            taken: list[float] = []
            until = time.perf_counter() + seconds
            while time.perf_counter() < until or len(taken) < _LEAST:
                begun = time.perf_counter()
                await _read(client, url)
                taken.append(time.perf_counter() - begun)
            yield (Delays.of(taken),)


async def _read(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.get(url, params={"market": "US"})
    answer.raise_for_status()
    if not answer.json()["markets"][0]["blocking"]:
        raise RuntimeError("a batch of which so little is known is never ready")


async def _told(installation: Installation) -> UUID:
    """Let quality_events hear of all batches; the id of the large one."""
    maker = _Maker()
    large = maker.lot("large")
    settings = installation.settings
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, linger_ms=20) as producer:
        sent = [
            await producer.send(settings.topic(contract_of(type(fact)).topic), value=message.value,
                                key=message.key.encode(), headers=[*message.headers.items()])
            for fact in maker.facts(large)
            for message in [_message(fact)]
        ]  # fmt: skip
        await asyncio.gather(*sent)
    connection: Any = await asyncpg.connect(installation.admin_url("quality_events"))
    everything = "SELECT (SELECT count(*) FROM batch) > $1 AND (SELECT count(*) FROM known_fact) > $2"
    async with asyncio.timeout(600):
        while not await connection.fetchval(everything, _OTHERS, _SETS):
            await asyncio.sleep(0.2)
    await connection.execute("ANALYZE")
    found: UUID = await connection.fetchval("SELECT id FROM batch WHERE lot_id = $1", large.id)
    await connection.close()
    return found


def _message(fact: Fact) -> Any:
    contract = contract_of(type(fact))
    attributes = {"id": str(uuid4()), "type": contract.type, "source": f"/{contract.producer}", "sequence": "1"}
    attributes |= {"partitionkey": contract.key_of(fact), "time": datetime.now(UTC)}  # type: ignore[dict-item]
    return to_message(attributes, fact.model_dump_json().encode())


class _Maker:
    """A site whose system tells of a large batch and of many small ones."""

    def __init__(self) -> None:
        self._site, self._partner, self._product, self._feed = (uuid7() for _ in range(4))

    def lot(self, number: str) -> Lot:
        return Lot(
            id=Lot.identify(self._site, "P", number), number=number, material="P", product_id=self._product,
            site_id=self._site, partner_id=self._partner,
        )  # fmt: skip

    def facts(self, large: Lot) -> Iterator[Fact]:
        now, zone = datetime.now(UTC), "Europe/Vienna"
        yield SiteRegistered(
            site_id=self._site, partner_id=self._partner, number="S", name="Plant", country="AT", time_zone=zone,
            activities=("drug_product",), occurred_at=now,
        )  # fmt: skip
        inputs = tuple(MaterialLot(material="P", number=f"input-{at}") for at in range(_INPUTS))
        yield BatchStartReported(lot=large, occurred_at="2018-11", inputs=inputs, **self._reported(large, "start"))
        yield BatchCompletionReported(lot=large, occurred_at="2018-12", **self._reported(large, "completion"))
        for number in [*(each.number for each in inputs), *(f"other-{at}" for at in range(_OTHERS - _INPUTS))]:
            lot = self.lot(number)
            yield BatchStartReported(lot=lot, occurred_at="2018-10", **self._reported(lot, "start"))
        of_a_set = _RESULTS // _SETS
        for at in range(_SETS):
            yield ResultsReported(
                lot=large, stage=TestStage.release, laboratory_site_id=self._site, occurred_at="2018-12-03",
                laboratory_partner_id=self._partner,
                results=tuple(
                    EvaluatedResult(result_id=uuid7(), test=f"t-{at * of_a_set + nth}", value="1", unit="%",  # type: ignore[arg-type]
                                    evaluation=Evaluation.passed)
                    for nth in range(of_a_set)
                ),
            )  # fmt: skip

    def _reported(self, lot: Lot, record: str) -> dict[str, Any]:
        source = SourceRecord(id=f"{lot.number}/{record}", revision=1, feed_id=self._feed, message_id=uuid7())
        return {"source": source, "parties": (self._partner,)}
