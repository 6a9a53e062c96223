"""A command: authentication, idempotency, record, audit row and fact, against the same insert with none of that."""

import json
from collections.abc import AsyncGenerator
from uuid import uuid4

import asyncpg

from benchmarks.installation import Installation
from benchmarks.load import drive, request
from benchmarks.rows import Rates, Row
from contracts import Role

ROWS = (Row("a command", aim=0.75, limit=0.4, floor="plain FastAPI + SQLModel", unit="commands/s"),)
_TABLE = "CREATE TABLE floor_product (id uuid PRIMARY KEY, code text UNIQUE, name text, dosage_form text)"


def _body(number: int) -> bytes:
    return json.dumps({"code": f"{number}-{uuid4().hex}", "name": "Benchmark", "dosage_form": "tablet"}).encode()


def _floor(number: int) -> bytes:
    return request("POST", "/products", _body(number), Content_Type="application/json")


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Rates], None]:
    """Commands per second on one process of ours and on one of the floor, on 8 connections."""
    connection = await asyncpg.connect(installation.postgres.dsn)
    await connection.execute(_TABLE)
    await connection.close()
    headers = {"Authorization": f"Bearer {installation.signer.sign([Role.quality]).text}"}
    headers["Content_Type"] = "application/json"

    def ours(number: int) -> bytes:
        return request("POST", "/v1/products", _body(number), Idempotency_Key=uuid4().hex, **headers)

    service = await installation.serve("partner_registry", role="api")
    plain = await installation.run("benchmarks.floor:app", {"BENCHMARK_DATABASE_URL": installation.postgres.dsn})
    while True:
        yield (Rates(await drive(service.port, ours, seconds), await drive(plain.port, _floor, seconds)),)
