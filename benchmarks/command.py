"""A command: authentication, idempotency, record, audit row and fact, against the same insert with none of that."""

import json
from uuid import uuid4

import asyncpg

from benchmarks.installation import Installation
from benchmarks.load import drive, request
from benchmarks.report import Measurement
from contracts import Role

_TABLE = "CREATE TABLE floor_product (id uuid PRIMARY KEY, code text UNIQUE, name text, dosage_form text)"


def _body(number: int) -> bytes:
    return json.dumps({"code": f"{number}-{uuid4().hex}", "name": "Benchmark", "dosage_form": "tablet"}).encode()


async def measure(installation: Installation, seconds: float) -> list[Measurement]:
    """Commands per second on one process of ours and of each floor, on 8 connections."""
    connection = await asyncpg.connect(installation.postgres.dsn)
    await connection.execute(_TABLE)
    await connection.close()
    token = installation.signer.sign([Role.quality]).text

    def ours(number: int) -> bytes:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content_Type": "application/json",
            "Idempotency_Key": uuid4().hex,
        }
        return request("POST", "/v1/products", _body(number), **headers)

    def floor(number: int) -> bytes:
        return request("POST", "/products", _body(number), Content_Type="application/json")

    told = {"BENCHMARK_DATABASE_URL": installation.postgres.dsn}
    processes = {
        "ours": await installation.serve("partner_registry", role="api"),
        "sqlmodel": await installation.run("benchmarks.floors:sqlmodel_floor", told),
        "asyncpg": await installation.run("benchmarks.floors:asyncpg_floor", told),
    }
    rates: dict[str, list[float]] = {name: [] for name in processes}
    for _ in range(4):  # in turn, so that a machine whose speed drifts slows all of them; the first round warms up
        for name, process in processes.items():
            rates[name].append(await drive(process.port, ours if name == "ours" else floor, seconds / 4))
    best = {name: max(measured[1:]) for name, measured in rates.items()}
    return [
        Measurement("command / FastAPI + SQLModel", best["ours"], best["sqlmodel"], "commands/s", 0.6),
        Measurement("command / Starlette + asyncpg", best["ours"], best["asyncpg"], "commands/s", 0.2),
    ]
