"""Two replicas of every service on PostgreSQL and Kafka of their own: what a fault run kills and looks at."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from benchmarks.feeds import LIMITS, PRODUCT
from benchmarks.installation import Installation, Process
from contracts import Role

PACKAGES = ("partner_registry", "partner_feeds", "sample_tracking", "quality_events", "kpi", "event_stream")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The processes of an installation, and a sponsor's client that asks whichever replica answers."""

    installation: Installation
    replicas: dict[str, list[Process]]
    client: httpx.AsyncClient
    second: httpx.AsyncClient
    """Another person: some things nobody does alone."""

    @property
    def processes(self) -> list[Process]:
        """All processes, of all services."""
        return [process for replicas in self.replicas.values() for process in replicas]

    async def ask(self, package: str, method: str, path: str, within: float = 90.0, **request: Any) -> Any:
        """Ask the replicas in turn until one answers; a refusal (4xx but 409 in progress) fails."""
        said, client = "", self.second if path.endswith("/approval") else self.client
        async with asyncio.timeout(within):
            while True:
                for process in self.replicas[package]:
                    if process.frozen:
                        continue  # it takes a connection, and never answers
                    try:
                        url = f"http://127.0.0.1:{process.port}/v1{path}"
                        answer = await client.request(method, url, **request)
                    except httpx.TransportError as error:
                        said = repr(error)
                        continue
                    if answer.status_code < 400:
                        return answer.json()
                    said = answer.text
                    if answer.status_code < 500 and "unknown" not in said and "in-progress" not in said:
                        raise AssertionError(f"{method} {path}: {said}")
                await asyncio.sleep(0.1)

    async def quiet(self, within: float = 300.0) -> None:
        """Wait until every outbox is sent and every consumer has caught up: nothing may land later."""
        async with asyncio.timeout(within):
            while any([await self._behind(process) for process in self.processes]):
                await asyncio.sleep(0.2)

    async def _behind(self, process: Process) -> bool:
        try:
            answer = await self.client.get(f"http://127.0.0.1:{process.port}/v1/status")
        except httpx.TransportError:
            return True
        return answer.status_code != 200 or bool(answer.json()["outbox_pending"] or answer.json()["lag"])

    async def count(self, package: str, query: str) -> Any:
        """One value from a service's database."""
        connection = await asyncpg.connect(self.installation.admin_url(package))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def eventually(self, package: str, query: str, right: Callable[[Any], bool], within: float = 300.0) -> Any:
        """Wait until a value from a service's database is right; fail with the last one."""
        value = None
        try:
            async with asyncio.timeout(within):
                while not right(value := await self._look(package, query)):
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(f"{package}: {query} gave {value!r} after {within} s") from None
        return value

    async def _look(self, package: str, query: str) -> Any:
        try:
            return await self.count(package, query)
        except (OSError, asyncpg.PostgresError):
            return None

    async def seed(self) -> None:
        """A manufacturer, a laboratory, a product with its limit, and the laboratory's feed."""
        manufacturer, laboratory = await self._company("cmo"), await self._company("clo")
        product = {"code": PRODUCT, "name": "Film-coated tablet", "dosage_form": "tablet"}
        made = await self.ask("partner_registry", "POST", "/products", json=product)
        limits = {"product_id": made["id"], "limits": LIMITS}
        specification = await self.ask("sample_tracking", "POST", "/specifications", json=limits)
        await self.ask("sample_tracking", "POST", f"/specifications/{specification['id']}/approval")
        document = (files("partner_feeds") / "shipped" / "tablets-laboratory.yaml").read_text()
        mapping = await self.ask("partner_feeds", "POST", "/mappings", content=document)
        await self.ask("partner_feeds", "POST", f"/mappings/{mapping['id']}/approval")
        grants = [
            {"record": each, "partner_id": manufacturer["partner_id"]} for each in ("BatchStart", "BatchCompletion")
        ]
        feed: dict[str, Any] = {
            "grants": grants,
            "code": "laboratory",
            "kind": "lims",
            "format": "csv",
            "mapping": "tablets-laboratory",
        }
        sites = {"partner_id": laboratory["partner_id"], "site_id": laboratory["id"]}
        await self.ask(
            "partner_feeds", "POST", "/feeds", json=feed | sites | {"manufacturing_site_id": manufacturer["id"]}
        )

    async def _company(self, kind: str) -> Any:
        body = {"legal_name": f"{kind} {uuid4().hex[:8]}", "kind": kind, "country": "SI"}
        partner = await self.ask("partner_registry", "POST", "/partners", json=body)
        site = {"partner_id": partner["id"], "name": "Plant", "country": "SI", "time_zone": "Europe/Ljubljana"}
        activities = ["testing"] if kind == "clo" else ["drug_product"]
        return await self.ask("partner_registry", "POST", "/sites", json=site | {"activities": activities})

    async def send(self, content: bytes) -> Any:
        """Send a laboratory's file, as often as it takes; the answer of the time that it was taken."""
        headers = {"Content-Type": "text/csv", "Message-Id": uuid4().hex}
        return await self.ask("partner_feeds", "POST", "/feeds/laboratory/messages", content=content, headers=headers)


async def start(installation: Installation, replicas: int) -> Cluster:
    """Start every service so many times, all at once, and wait until they are ready."""
    roles, clients = [Role.quality, Role.sourcing, Role.msat, Role.lab, Role.supply, Role.admin], []
    for person in ("first", "second"):
        token = installation.signer.sign(roles, subject=person).text
        clients.append(httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=40))
        installation.stack.push_async_callback(clients[-1].aclose)
    names = [package for package in PACKAGES for _ in range(replicas)]
    processes = await asyncio.gather(*(installation.serve(name) for name in names))
    started: dict[str, list[Process]] = {package: [] for package in PACKAGES}
    for name, process in zip(names, processes, strict=True):
        started[name].append(process)
    return Cluster(installation, started, *clients)
