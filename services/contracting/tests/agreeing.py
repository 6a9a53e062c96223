"""Agreements of a test's world, as its people make them: drafted, agreed on, signed, and in force."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from contracting.agreements.clock import follow
from contracting.agreements.model import Agreement
from contracts import clock
from runtime.database import Context
from runtime.principal import worker

ROLES = {"quality": ("quality", "partner_quality")}
"""By kind the roles of the sponsor and of the partner that act on it; of all others those of law and commerce."""
DEVIATIONS: dict[str, Any] = {
    "code": "notify_deviation",
    "kind": "deadline",
    "owes": "partner",
    "amounts": {"critical": 24, "major": 72},
    "unit": "hours",
    "start": "Deviation.partner_aware_at",
    "end": "Deviation.sponsor_aware_at",
}
DAY = date(2031, 3, 3)
REASON = {"reason": "as both said on the telephone"}


def in_days(days: int) -> str:
    """A day so many days after the one on which these tests begin: no test depends on the time of day."""
    return (DAY + timedelta(days=days)).isoformat()


def terms(**more: Any) -> dict[str, Any]:
    """What a version says."""
    said: dict[str, Any] = {
        "title": "Tablets made in Kranj",
        "sponsor_entity": "Entente Pharma d.o.o.",
        "partner_entity": "Maker GmbH",
        "governing_law": "AT",
        "services": ["manufacture"],
        "effective_from": in_days(0),
        "clauses": [DEVIATIONS],
    }
    return said | more


@dataclass
class People:
    """Who acts: of each side one who writes, and one who signs."""

    writer: Any
    signer: Any
    partners_writer: Any
    partners_signer: Any


@dataclass
class Agreeing:
    """The service and a world, in which agreements are made."""

    service: Any
    world: Any

    @asynccontextmanager
    async def people(self, kind: str) -> AsyncIterator[People]:
        """Those who act on an agreement of a kind."""
        ours, theirs = ROLES.get(kind, ("legal", "partner_commercial"))
        async with AsyncExitStack() as stack:
            named = [
                await stack.enter_async_context(self.service.as_(ours, subject=f"{ours} {who}"))
                for who in ("who writes", "who signs")
            ]
            named += [
                await stack.enter_async_context(
                    self.service.as_(theirs, partner_id=self.world.maker, subject=f"{theirs} {who}")
                )
                for who in ("who writes", "who signs")
            ]
            yield People(*named)

    def body(self, kind: str = "quality", **said: Any) -> dict[str, Any]:
        """A new agreement with the world's maker, of its site and product."""
        apart = {name: said.pop(name) for name in ("parent_id", "stand_alone_reason") if name in said}
        alone = {} if apart or kind in ("msa", "nda") else {"stand_alone_reason": "only trials so far"}
        of_it = {"site_ids": [str(self.world.site)], "product_ids": [str(self.world.product)]}
        content = terms(**of_it | said)
        return {"kind": kind, "partner_id": str(self.world.maker), "content": content} | alone | apart

    async def proposed(self, kind: str = "quality", **said: Any) -> Any:
        """The first version of an agreement, which the sponsor put before the partner."""
        async with self.people(kind) as people:
            draft = await people.writer.done("/agreement-drafts", self.body(kind, **said))
            return await submitted(people.writer, draft)

    async def amended(self, agreement_id: str, parent: int, kind: str = "quality", **said: Any) -> Any:
        """A further version, which the sponsor put before the partner."""
        content = self.body(kind, **said)["content"]
        body = {"agreement_id": agreement_id, "parent_version": parent, "content": content}
        async with self.people(kind) as people:
            return await submitted(people.writer, await people.writer.done("/agreement-drafts", body))

    async def settled(self, version: Any) -> Any:
        """The version, once both sides said of every clause that it must settle that the sponsor is responsible."""
        path = f"/agreement-versions/{version['id']}/responsibilities"
        coverage, number = f"/agreements/{version['agreement_id']}/coverage", {"version": version["version_number"]}
        if version["kind"] != "quality":
            return version
        async with self.people("quality") as people:
            missing = (await people.writer.get(coverage, params=number)).json()["open_mandatory"]
            for side in (people.writer, people.partners_writer) if missing else ():
                await side.done(path, {"cells": [{"code": code, "owner": "sponsor"} for code in missing]})
            return (await people.writer.get(f"/agreement-versions/{version['id']}")).json()

    async def agreed(self, version: Any) -> Any:
        """The version, once both sides agreed on it."""
        path = f"/agreement-versions/{version['id']}"
        body = {"digest": (await self.settled(version))["digest"]}
        async with self.people(version["kind"]) as people:
            await people.writer.done(f"{path}/agreement", body)
            return await people.partners_writer.done(f"{path}/partner-agreement", body)

    async def signed(self, version: Any) -> Any:
        """The version, once both sides agreed on it and signed it."""
        path = f"/agreement-versions/{version['id']}"
        async with self.people(version["kind"]) as people:
            if version["state"] == "in_review":
                await self.agreed(version)
            await people.signer.done(f"{path}/signature")
            return await people.partners_signer.done(f"{path}/partner-signature")

    async def in_force(self, kind: str = "quality", **said: Any) -> Any:
        """An agreement whose first version took effect."""
        version = await self.signed(await self.proposed(kind, **said))
        await self.tick(version["agreement_id"])
        return (await self.service.client.get(f"/agreements/{version['agreement_id']}")).json()

    async def tick(self, *agreement_ids: str) -> None:
        """What the timer does with agreements when their time has come."""
        async with self.service.app.state.store.work(Context(worker("contracting"))) as work:
            for each in agreement_ids:
                await follow(work, await work.get(Agreement, UUID(each)))


async def submitted(writer: Any, draft: Any) -> Any:
    """The version that a draft became."""
    done = await writer.done(f"/agreement-drafts/{draft['id']}/submission")
    return (await writer.get(f"/agreement-versions/{done['version_id']}")).json()


def noon_of(day: str) -> AbstractContextManager[None]:
    """The clock, which stands at noon of a day."""
    return clock.standing_at(datetime.combine(date.fromisoformat(day), time(12), UTC))


Test = TypeVar("Test", bound=Callable[..., Awaitable[None]])


def from_noon(test: Test) -> Test:
    """A test that begins at noon of its first day, where the clock stands until it is set anew."""

    @wraps(test)
    async def run(*args: Any, **given: Any) -> None:
        with noon_of(in_days(0)):
            await test(*args, **given)

    return cast(Test, run)
