"""A real Prometheus beside really running services, which looks every second and waits for nothing before it alerts."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from local.processes import free_port

DEPLOYED = Path(__file__).parents[2] / "deploy/observability/prometheus"


@dataclass(frozen=True)
class Prometheus:
    """What it knows."""

    client: httpx.AsyncClient

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now."""
        answer = await self.client.get("/api/v1/query", params={"query": expression})
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found

    async def firing(self) -> set[str]:
        """The names of the alerts that fire now."""
        found = (await self.client.get("/api/v1/alerts")).json()["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}


def configure(folder: Path, *targets: str) -> None:
    """The deployed configuration, but for where the services are, how often it looks, and how long an alert waits."""
    shutil.copytree(DEPLOYED, folder, dirs_exist_ok=True)
    config = yaml.safe_load((folder / "prometheus.yml").read_text())
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    (folder / "targets.json").write_text(json.dumps([{"targets": [*targets], "labels": {"entente_role": "all"}}]))
    rules = yaml.safe_load((folder / "rules/entente.yml").read_text())
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        if "alert" in rule:
            rule["for"] = "0s"
    (folder / "rules/entente.yml").write_text(yaml.safe_dump(rules))


@asynccontextmanager
async def watching(folder: Path, *targets: str) -> AsyncIterator[Prometheus]:
    """Prometheus on processes' operations ports, ready, until the block ends."""
    configure(folder, *targets)
    port = free_port()
    told = f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"
    with (folder / "log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            "prometheus", *told, f"--web.listen-address=127.0.0.1:{port}", stdout=log, stderr=log
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            async with asyncio.timeout(60):
                while not await ready(f"http://127.0.0.1:{port}/-/ready"):
                    assert process.returncode is None, (folder / "log").read_text()
                    await asyncio.sleep(0.1)
            yield Prometheus(client)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def ready(url: str) -> bool:
    """Whether what is there says that it is."""
    with suppress(httpx.TransportError):
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).status_code == 200
    return False
