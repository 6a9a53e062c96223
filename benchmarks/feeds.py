"""A seeded line from a laboratory's feed to a KPI, for the benchmarks that send something through it."""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import uuid4

import httpx

from benchmarks.installation import Installation, Process
from cli.demo.cast import DISSOLUTION, REPORTED
from contracts import Role
from partner_feeds.language import shipped
from runtime.problems import MEDIA_TYPE

PRODUCT = "1"
_RESULTS = ("dissolution_min", "dissolution_av", "tbl_rsd_weight", "fct_rsd_weight", "impurities_total", "tbl_tensile")
RECORDS_A_ROW = 2 + len(_RESULTS)
"""A start, a completion and the results."""
LIMITS = [DISSOLUTION, *REPORTED]


def laboratory_file(first: int, rows: int, results: Sequence[str] = _RESULTS, oos_every: int | None = None) -> bytes:
    """A laboratory's file in the shipped format, with batches from a number on.

    Each ``oos_every``-th fails its dissolution.
    """
    mapping = shipped()["tablets-laboratory"]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*mapping.columns, *mapping.ignored], delimiter=";", restval="")
    writer.writeheader()
    for number in range(first, first + rows):
        batch = {"batch": number, "code": PRODUCT, "strength": "5MG", "size": 240000, "start": "mar.24"}
        found = {name: f"{90 + number % 7 + place / 10:.2f}" for place, name in enumerate(results)}
        if oos_every and number % oos_every == 0:
            found["dissolution_min"] = "70"
        writer.writerow(batch | {"batch_yield": 96.5} | found)
    return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Feeds:
    """Running services with a laboratory's feeds: one of CSV files, one of CloudEvents."""

    processes: dict[str, Process]
    token: str

    def port(self, package: str) -> int:
        """Where a service listens."""
        return self.processes[package].port

    @classmethod
    async def start(cls, installation: Installation, packages: list[str]) -> "Feeds":
        """Start the services, register who and what they need, and wait until the feeds take something."""
        roles = [Role.quality, Role.sourcing, Role.msat, Role.lab, Role.supply, Role.admin]
        names = dict.fromkeys(["partner_registry", "sample_tracking", "partner_feeds", *packages])
        processes = {name: await installation.serve(name) for name in names}
        feeds = cls(processes, installation.signer.sign(roles).text)
        second = installation.signer.sign(roles, subject="second person").text
        async with client_of(feeds.token) as client, client_of(second) as approver:
            await feeds._seed(client, approver)
        for package in {"sample_tracking", "partner_registry"} - set(packages):
            await processes.pop(package).stop()
        return feeds

    async def _seed(self, client: httpx.AsyncClient, approver: httpx.AsyncClient) -> None:
        site = await self.company(client)
        product = {"code": PRODUCT, "name": "Film-coated tablet", "dosage_form": "tablet"}
        product = await self.make(client, "partner_registry", "/products", product)
        limits = {"product_id": product["id"], "limits": LIMITS}
        specification = await self.make(client, "sample_tracking", "/specifications", limits)
        await self.make(approver, "sample_tracking", f"/specifications/{specification['id']}/approval", None)
        document = (files("partner_feeds") / "shipped" / "tablets-laboratory.yaml").read_text()
        mapping = await self.make(client, "partner_feeds", "/mappings", document)
        await self.make(approver, "partner_feeds", f"/mappings/{mapping['id']}/approval", None)
        grants = [{"record": record, "partner_id": site["partner_id"]} for record in ("BatchStart", "BatchCompletion")]
        feed = {"partner_id": site["partner_id"], "site_id": site["id"], "kind": "lims", "grants": grants}
        csv_feed = {"code": "benchmark-laboratory", "format": "csv", "mapping": "tablets-laboratory"}
        await self.make(client, "partner_feeds", "/feeds", feed | csv_feed)
        await self.make(client, "partner_feeds", "/feeds", feed | {"code": "benchmark-events", "format": "cloudevents"})

    async def company(self, client: httpx.AsyncClient) -> Any:
        """A new partner's site."""
        partner = {"legal_name": f"Benchmark {uuid4().hex[:8]}", "kind": "cdmo", "country": "SI"}
        made = await self.make(client, "partner_registry", "/partners", partner)
        site = {"partner_id": made["id"], "name": "Plant", "country": "SI", "time_zone": "Europe/Ljubljana"}
        return await self.make(client, "partner_registry", "/sites", site | {"activities": ["testing"]})

    async def idle(self, client: httpx.AsyncClient) -> None:
        """Wait until every service has applied and sent all that there is."""
        async with asyncio.timeout(120):
            for package in self.processes:
                status: dict[str, Any] = {}
                while status.get("lag", 1) or status["outbox_pending"]:  # one that consumes nothing has none
                    status = (await client.get(f"http://127.0.0.1:{self.port(package)}/v1/status")).json()
                    await asyncio.sleep(0.05)

    async def make(self, client: httpx.AsyncClient, package: str, path: str, body: Any) -> Any:
        """POST until the service has heard of what the body names."""
        content = {"content": body} if isinstance(body, str) else {"json": body}
        for _ in range(600):
            answer = await client.post(f"http://127.0.0.1:{self.port(package)}/v1{path}", **content)
            if answer.status_code < 300:
                return answer.json()
            if answer.headers.get("content-type") != MEDIA_TYPE or "unknown" not in answer.text:
                break
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")


def client_of(token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60)
