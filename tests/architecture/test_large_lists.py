"""Lists of tables that grow without end: a page reads little in each sort that is offered, whoever asks."""

import importlib
import json
from collections.abc import AsyncIterator
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlmodel import select

from runtime.settings import Settings
from runtime.work import Identified
from serving.listing import days
from serving.paging import PageRequest, own_records, rows_of_page, sortable
from tests.whole import WHOLE

SERVICES = Path(__file__).parents[2] / "services"
LARGE = {
    "result": ("sample_tracking", "results.model", "Result"),
    "batch": ("quality_events", "batches.model", "Batch"),
    "message": ("partner_feeds", "messages.model", "Message"),
    "measured_fact": ("kpi", "facts.model", "MeasuredFact"),
}
DAYS = {
    "result": ("sample_tracking.results.queries", "DAY"),
    "batch": ("quality_events.batches.model", "Batch.started_on"),
    "message": ("partner_feeds.messages.model", "Message.received_at"),
}
"""By which day each of them is found."""
ROWS = 200_000 if WHOLE else 80_000
FEW = ROWS // 40
"""Rows that may be looked at for a page of 50: a twentieth of all are the partner's, a thousandth has one number."""
PARTNER = UUID(int=1)
"""Has the oldest rows of each table: one of twenty partners, who came one after the other."""
ORGANISATION = f"lpad(to_hex(1 + (row - 1) / {ROWS // 20}), 32, '0')::uuid"
VALUES = {
    "uuid": "gen_random_uuid()",
    "uuid[]": f"ARRAY[{ORGANISATION}]",
    "text[]": "ARRAY['a text']",
    "text": "'a text of some length, number ' || row % 1000",
    "integer": "1",
    "bigint": "1",
    "numeric": "row",
    "boolean": "false",
    "jsonb": "'{}'",
    "date": "date '2026-01-01' + (row % 300)",
    "timestamp with time zone": "now()",
}
COLUMNS = """
SELECT attname AS name, replace(format_type(atttypid, NULL), 'character varying', 'text') AS type FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped
"""


@pytest_asyncio.fixture(scope="module", params=LARGE)
async def large(
    request: pytest.FixtureRequest, settings: Settings, postgres_dsn: str, make_database: Any
) -> AsyncIterator[tuple[type[Identified], asyncpg.Connection]]:
    """A model, and a database in which its table is large."""
    package, module, name = LARGE[request.param]
    own = settings.model_copy(update={"database_url": settings.database_url + "_large"})
    connection = await asyncpg.connect(await make_database(own, package, SERVICES / package / "migrations"))
    await _fill(connection, request.param)
    yield getattr(importlib.import_module(f"{package}.{module}"), name), connection
    await connection.close()
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE "{own.database_of(package).rsplit("/", 1)[1]}" WITH (FORCE)')
    await administrator.close()


async def _fill(connection: asyncpg.Connection, table: str) -> None:
    values = {row["name"]: VALUES[row["type"]] for row in await connection.fetch(COLUMNS, table)}
    values |= {"id": "lpad(to_hex(row), 32, '0')::uuid"}
    values |= {name: ORGANISATION for name in ("partner_id", "laboratory_partner_id") if name in values}
    await connection.execute("SET session_replication_role = replica")  # no triggers, which look at each row
    rows = f"SELECT {', '.join(values.values())} FROM generate_series(1, {ROWS}) AS row"
    await connection.execute(f"INSERT INTO {table} ({', '.join(values)}) {rows}")
    if "parties" in values:
        parties = "INSERT INTO party (table_name, record_id, organisation_id)"
        await connection.execute(f"{parties} SELECT '{table}', id, parties[1] FROM {table}")
    await connection.execute("RESET session_replication_role")
    await connection.execute("VACUUM ANALYZE")


def _rows_of(plan: dict[str, Any], table: str) -> float:
    """How many rows of a table a plan looked at."""
    looked = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    own = looked * plan["Actual Loops"] if plan.get("Relation Name") == table else 0
    return float(own + sum(_rows_of(part, table) for part in plan.get("Plans", [])))


async def _looked_at(connection: asyncpg.Connection, partner: UUID | None, table: str, statement: Any) -> float:
    """How many rows of a table a statement looks at, as the API runs it for the sponsor or a partner."""
    sql = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    transaction = connection.transaction()
    await transaction.start()
    context = {"role": "svc_partner" if partner else "svc_sponsor", "entente.tenant": str(partner or "")}
    for name, value in context.items():
        await connection.execute("SELECT set_config($1, $2, true)", name, value)
    plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"))[0]["Plan"]
    await transaction.rollback()
    return _rows_of(plan, table)


@pytest.mark.parametrize("partner", [None, PARTNER], ids=["sponsor", "partner"])
async def test_a_page_of_a_large_table_reads_little_in_every_sort(large: Any, partner: UUID | None) -> None:
    model, connection = large
    query = select(model)
    if partner and "parties" in inspect(model).columns:
        query = query.where(model.id.in_(own_records(model, partner)))
    looked_at = {}
    for sort in [sign + name for name in sorted(sortable(model)) for sign in ("", "-")]:
        statement = rows_of_page(model, PageRequest(sort=sort), query)
        looked_at[sort] = await _looked_at(connection, partner, str(model.__tablename__), statement)
    assert {sort: rows for sort, rows in looked_at.items() if not 50 < rows < FEW} == {}


@pytest.mark.parametrize("sort", ["id", "-id"])
async def test_days_of_long_ago_are_not_sought_among_all_rows(large: Any, sort: str) -> None:
    model, connection = large
    if model.__tablename__ in DAYS:
        module, name = DAYS[model.__tablename__]
        range = days(attrgetter(name)(importlib.import_module(module)), "")
        within = [range["from"].where(None, date(2018, 11, 1)), range["to"].where(None, date(2018, 11, 30))]  # type: ignore[arg-type]
        statement = rows_of_page(model, PageRequest(sort=sort), select(model).where(*within))
        assert await _looked_at(connection, None, model.__tablename__, statement) < FEW
