"""Facts in and facts out: what partners' systems report, and what became of it."""

import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from pypdf import PdfReader
from uuid_utils.compat import uuid7

from contracts import Lot, Moment, Quantity, SourceRecord
from contracts.batch_records import (
    BatchRecordReported,
    MaterialUseReported,
    ProcessExcursionReported,
    RecordCounts,
    Use,
)
from contracts.out_of_trend import OotDetected, TrendBasis
from contracts.partner_feeds import (
    BatchCompletionReported,
    BatchStartReported,
    DeviationReported,
    ProcessDataReported,
    ProcessValue,
    ResultRole,
    TestStage,
)
from contracts.sample_tracking import Evaluation, Limit, OosDetected
from quality_events.copies.known import unread
from quality_events.main import timers
from runtime.database import Context
from runtime.principal import worker
from runtime.timers import Timer
from tests.world import World


@pytest_asyncio.fixture(scope="session")
async def service(launch: Any, eventually: Any) -> Any:
    """The running service, once it has read what there is: before that it decides on nothing."""
    running = await launch("quality_events")

    async def has_read() -> bool:
        async with running.app.state.store.work(Context(worker("quality-events"))) as work:
            return not await unread(work)

    await eventually(has_read, 30)
    return running


class Reports(World):
    """The world with what its partners' systems report."""

    def reported(self, record: str, revision: int = 1, feed: UUID | None = None) -> dict[str, Any]:
        """What each report carries."""
        source = SourceRecord(id=record, revision=revision, feed_id=feed or self.feed, message_id=uuid7())
        return {"source": source, "parties": (self.maker,)}

    def start(self, lot: Lot, *, on: Moment = "2018-11", revision: int = 1, **more: Any) -> BatchStartReported:
        """The MES tells of a start."""
        reported = self.reported(f"{lot.number}/start", revision, more.pop("feed", None))
        planned = more.pop("planned", Quantity(value=Decimal(240000), unit="{tablet}"))
        return BatchStartReported(lot=lot, occurred_at=on, planned_quantity=planned, **reported, **more)

    def completion(
        self, lot: Lot, *, revision: int = 1, on: Moment = "2018-12", **more: Any
    ) -> BatchCompletionReported:
        """The MES tells of a completion."""
        reported = self.reported(f"{lot.number}/completion", revision, more.pop("feed", None))
        return BatchCompletionReported(lot=lot, occurred_at=on, **reported, **more)

    def process(self, lot: Lot, *, revision: int = 1, **values: Any) -> ProcessDataReported:
        """A press tells what it did."""
        listed = tuple(
            ProcessValue(name=name, text=value) if isinstance(value, str) else ProcessValue(name=name, value=value)
            for name, value in values.items()
        )
        reported = self.reported(f"{lot.number}/press", revision)
        return ProcessDataReported(lot=lot, step="compression", values=listed, occurred_at="2018-11", **reported)

    def record(
        self, lot: Lot, digest: str, *, complete: bool = True, revision: int = 1, on: Moment = "2018-12"
    ) -> BatchRecordReported:
        """The MES gives a version of its record of a batch."""
        reported = self.reported(f"{lot.number}/record", revision)
        said: dict[str, Any] = {"record_id": f"EBR-{lot.number}", "version": str(revision), "digest": digest * 64}
        said |= {"complete": complete, "counts": RecordCounts(), "occurred_at": on, "sent_by": "mes-token"}
        return BatchRecordReported(lot=lot, **reported, **said)

    def alarm(self, lot: Lot, event: str = "7", revision: int = 1, **more: Any) -> ProcessExcursionReported:
        """A press tells of an alarm at a limit."""
        said: dict[str, Any] = {"event_id": event, "kind": "Alarm", "text": "force", "step": "compression"}
        said |= {"value": Decimal("31.5"), "limit": Decimal(30), "unit": "kN", "occurred_at": "2018-11-03T10:00:00Z"}
        reported = self.reported(f"{lot.number}/event/{event}", revision)
        return ProcessExcursionReported(lot=lot, **reported, **said | more)

    def used(self, lot: Lot | None, record: str, number: str, revision: int = 1, **more: Any) -> MaterialUseReported:
        """The MES tells that a lot of lactose went in."""
        said: dict[str, Any] = {"material": "LACTOSE", "number": number, "use": Use.consumed, "occurred_at": "2018-11"}
        return MaterialUseReported(lot=lot, **self.reported(f"{record}/material", revision), **said | more)

    def deviation(self, *lots: Lot, record: str | None = None, revision: int = 1, **more: Any) -> DeviationReported:
        """The partner's quality system tells of a deviation."""
        given: dict[str, Any] = {
            "title": "Tablet press stopped",
            "category": "equipment",
            "partner_aware_at": datetime(2026, 3, 1, 8, tzinfo=UTC),
            "occurred_at": datetime(2026, 3, 1, 7, tzinfo=UTC),
        } | more
        reported = self.reported(record or f"D-{uuid4().hex[:8]}", revision)
        return DeviationReported(site_id=self.site, partner_id=self.maker, lots=lots, **reported, **given)

    def oos(self, lot: Lot, *, on: Moment = "2018-11", result: UUID | None = None, **more: Any) -> OosDetected:
        """The laboratory found a result out of specification."""
        limit = Limit(test="dissolution_min", stage=TestStage.release, lower=Decimal(80), unit="%", decimals=0)
        given: dict[str, Any] = {
            "test": "dissolution_min",
            "stage": TestStage.release,
            "role": ResultRole.original,
            "value": Decimal(76),
            "text": None,
            "unit": "%",
        }
        return OosDetected(
            **(given | more),
            result_id=result or uuid7(),
            lot=lot,
            limit=limit,
            specification_id=uuid7(),
            laboratory_site_id=self.laboratory_site,
            laboratory_partner_id=self.laboratory,
            occurred_at=on,
        )

    def oot(self, lot: Lot, *, result: UUID | None = None, **more: Any) -> OotDetected:
        """A result lies outside of what the lots before it let expect."""
        given: dict[str, Any] = {
            **{"test": "assay", "stage": TestStage.release, "value": Decimal("103.5"), "unit": "%"},
            **{"evaluation": Evaluation.passed, "basis": TrendBasis.release_lots, "occurred_at": "2018-12"},
            **{"lower": Decimal("98.1"), "upper": Decimal("101.9"), "points": 20, "holds": True},
        }
        return OotDetected(
            **(given | more),
            result_id=result or uuid7(),
            lot=lot,
            laboratory_site_id=self.laboratory_site,
            laboratory_partner_id=self.laboratory,
        )


@pytest.fixture
def tick(service: Any) -> Callable[..., Awaitable[None]]:
    """``await tick()``: what the timers do when their time has come, all of them or those that are given."""

    async def run(*chosen: Timer) -> None:
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            for timer in chosen or timers:
                await timer.run(work)

    return run


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """The world as this service hears of it."""
    return Reports


@pytest.fixture
def cancel(service: Any, world: Any) -> Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]:
    """``await cancel(deviation)``: the sponsor proposes to cancel what a feed reported, and the maker agrees."""

    async def run(deviation: dict[str, Any]) -> dict[str, Any]:
        path = f"/deviations/{deviation['id']}"
        await service.second.done(f"{path}/cancellation-proposal", {"reason": "a drill"})
        async with service.as_("partner_quality", partner_id=world.maker) as maker:
            cancelled: dict[str, Any] = await maker.done(f"{path}/cancellation-agreement")
        return cancelled

    return run


Eventually = Callable[..., Awaitable[Any]]
Found = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def found(service: Any, eventually: Eventually) -> Found:
    """The one record of a list that its filters find, as soon as there is one: ``await found("batches", lot=...)``."""

    async def find(collection: str, **filters: Any) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            answer = await service.client.get(f"/{collection}", params={k: str(v) for k, v in filters.items()})
            assert answer.status_code == 200, answer.text
            items = answer.json()["items"]
            assert len(items) < 2, items
            return items[0] if items else None

        record: dict[str, Any] = await eventually(look)
        return record

    return find


@pytest.fixture
def investigated(service: Any) -> Callable[..., Awaitable[Any]]:
    """``await investigated(deviation)``: it is classified, and the results of its investigation are recorded."""

    async def state(deviation: Any, **results: Any) -> Any:
        path = f"/deviations/{deviation['id']}"
        await service.client.post(f"{path}/classification", json={"classification": "major"})
        await service.client.post(f"{path}/investigation", json={})
        cause = {"root_cause_category": "equipment", "root_cause": "worn punch"}
        return await service.client.done(f"{path}/investigation-results", cause | results)

    return state


@pytest.fixture
def printed() -> Callable[[Any, str], Awaitable[str]]:
    """``await printed(client, path)``: what a record's form says, as one line."""

    async def read(client: Any, path: str) -> str:
        answer = await client.get(f"{path}/pdf")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)

    return read
