"""A service that runs, and what a laboratory reports to it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts import Lot, Moment
from contracts.partner_feeds import ReportedResult, ResultRole, TestResultsReported, TestStage
from runtime.database import Context
from runtime.handled import unread
from runtime.principal import worker
from sample_tracking.main import timers
from sample_tracking.results.conclusions import CONCLUSIONS
from tests.world import World


class Reports(World):
    """The world with what the laboratory's system reports."""

    def report(
        self,
        value: str | None,
        lot: Lot | None = None,
        *,
        id: str | None = None,
        revision: int = 1,
        role: ResultRole = ResultRole.original,
        occurred_at: Moment = "2018-11",
        **others: Any,
    ) -> TestResultsReported:
        """What the laboratory's system reports: a set of one result."""
        given: dict[str, Any] = {"test": "dissolution_min", "unit": "%"} | others
        of_set = {name: given.pop(name) for name in ("stage", "historic", "parties", "sent_by") if name in given}
        number = None if value is None else Decimal(value)
        result = ReportedResult(id=id or uuid4().hex, revision=revision, role=role, value=number, **given)
        return self.together(result, lot=lot, occurred_at=occurred_at, **of_set)

    def together(
        self, *results: ReportedResult, lot: Lot | None = None, occurred_at: Moment = "2018-11", **others: Any
    ) -> TestResultsReported:
        """A set of results of one lot."""
        given = {"stage": TestStage.release, "parties": (self.maker, self.laboratory)} | others
        return TestResultsReported(
            feed_id=self.feed,
            message_id=uuid4(),
            lot=lot or self.lot(),
            laboratory_site_id=self.laboratory_site,
            laboratory_partner_id=self.laboratory,
            occurred_at=occurred_at,
            results=results,
            **given,
        )


@pytest.fixture(scope="session")
def new_world() -> type[World]:
    """The world as this service hears of it."""
    return Reports


@pytest_asyncio.fixture(scope="session")
async def tracking(launch: Any, eventually: Any) -> Any:
    """The service, once it has read how investigations stand: before that it certifies nothing."""
    running = await launch("sample_tracking")

    async def has_read() -> bool:
        async with running.app.state.store.work(Context(worker("sample-tracking"))) as work:
            return not await unread(work, *((fact, "") for fact in CONCLUSIONS), everywhere=False)

    await eventually(has_read, 30)
    return running


@pytest.fixture
def tick(tracking: Any) -> Callable[[], Awaitable[None]]:
    """What the timers do when their time has come."""

    async def run() -> None:
        async with tracking.app.state.store.work(Context(worker("sample-tracking"))) as work:
            for timer in timers:
                await timer.run(work)

    return run


Specify = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def specify(tracking: Any) -> Specify:
    """Draft a specification and bring it into force. What names no method is tested by the product's own."""

    async def draft_and_approve(code: str, *limits: dict[str, Any], market: str | None = None) -> dict[str, Any]:
        body = {"product": code, "market": market, "limits": [{"method": f"M-{code}"} | each for each in limits]}
        drafted = await tracking.client.post("/specifications", json=body)
        assert drafted.status_code == 201, drafted.text
        approved = await tracking.second.post(f"/specifications/{drafted.json()['id']}/approval")
        assert approved.status_code == 200, approved.text
        answer: dict[str, Any] = approved.json()
        return answer

    return draft_and_approve


Results = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def results(tracking: Any, eventually: Any) -> Results:
    """The results of a lot, once there are so many of them; oldest first."""

    async def of(lot: Lot, count: int) -> list[dict[str, Any]]:
        async def enough() -> list[dict[str, Any]] | None:
            answer = await tracking.client.get("/results", params={"lot_id": str(lot.id), "sort": "id"})
            items: list[dict[str, Any]] = answer.json()["items"]
            return items if len(items) == count else None

        found: list[dict[str, Any]] = await eventually(enough)
        return found

    return of
