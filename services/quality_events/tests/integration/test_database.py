"""The database as the migrations make it."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from contracts import Lot
from installation import migrate
from quality_events.batches.model import Batch
from runtime.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
BEFORE_THERE_WERE_TURNS = "0004"
INVESTIGATION = """
INSERT INTO oos_investigation (id, number, state, partner_id, laboratory_partner_id, version, created_at, updated_at,
    result_id, lot_id, lot_number, material, site_id, laboratory_site_id, test, unit, historic, aware_at, opened_at,
    stage, role, "limit", detected, due_at, parties)
VALUES ($1, $1::uuid::text, $2, $3, $4, 1, now(), '2026-02-03T04:05:06Z', $1, $1, 'L', 'M', $3, $4, 't', '%', false,
    now(), now(), 'release', 'reportable', '{}', '2026', now(), ARRAY[$3::uuid])
"""
DEVIATION = "INSERT INTO deviation SELECT * FROM jsonb_populate_record(NULL::deviation, $1)"
BATCH = "INSERT INTO batch SELECT * FROM jsonb_populate_record(NULL::batch, $1)"
BEFORE_USED_LOTS_HAD_IDS = "0070"
USE = """
INSERT INTO material_use (source, revision, batch_id, material, number, use, told_at)
VALUES ('U-1', 1, $1, 'LACTOSE', 'L-1 ', 'consumed', now())
"""
LATE = [
    {"revision": revision, "told_at": f"2026-01-0{revision}", "occurred": occurred, "title": "t"}
    for revision, occurred in ((2, "2025-12"), (3, None))
]


def a_deviation() -> dict[str, Any]:
    """One of the earlier release, with revisions that came after its end."""
    at = dict.fromkeys(
        (
            "occurred",
            "created_at",
            "updated_at",
            "partner_aware_at",
            "sponsor_aware_at",
            "reported_aware_at",
            "due_at",
            "first_due_at",
        ),
        "2026-01-01T00:00:00Z",
    )
    texts = dict.fromkeys(("number", "title", "description", "category", "reporter"), "x") | {"state": "closed"}
    numbers = {"version": 1, "source_revision": 1, "awareness_accepted_revision": 0}
    ids = {name: str(uuid4()) for name in ("id", "site_id", "partner_id")}
    empty: dict[str, Any] = {name: [] for name in ("batch_ids", "prepared_by", "parties")}
    return {**at, **texts, **numbers, **ids, **empty, "historic": False, "late_amendments": LATE}


async def test_models_and_migrations_do_not_drift(service: Any, settings: Settings, postgres_dsn: str) -> None:
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("quality_events"))
    await asyncio.to_thread(migrate.check, MIGRATIONS, url)


async def test_what_was_there_before_goes_on(settings: Settings, postgres_dsn: str) -> None:
    earlier = f"{settings.database_url.rsplit('/', 1)[0]}/e{uuid4().hex[:8]}_{{service}}"
    own = settings.model_copy(update={"database_url": earlier})
    await migrate.provision(postgres_dsn, own, "quality_events")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("quality_events"))
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("sqlalchemy.url", admin)
    maker, laboratory = uuid4(), uuid4()
    states = ("phase_1", "awaiting_approval", "phase_2", "concluded")
    connection = await asyncpg.connect(admin)
    try:
        await asyncio.to_thread(command.upgrade, configuration, BEFORE_THERE_WERE_TURNS)
        await connection.execute("SELECT set_config('entente.actor', 'ana', false)")
        for state in states:
            await connection.execute(INVESTIGATION, uuid4(), state, maker, laboratory)
        await connection.execute(DEVIATION, json.dumps(a_deviation()))
        audited = await connection.fetchval("SELECT count(*) FROM audit")
        await asyncio.to_thread(command.upgrade, configuration, BEFORE_USED_LOTS_HAD_IDS)
        site, number = uuid4(), "L"
        lot = Lot(id=Lot.identify(site, "M", number), number=number, material="M", site_id=site, partner_id=maker)
        batch = Batch.announce(lot)
        await connection.execute(BATCH, batch.model_dump_json())
        await connection.execute(USE, batch.id)
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
        rows = await connection.fetch("SELECT * FROM oos_investigation")
        found = {row["state"]: (row["awaited_side"], row["awaited_partner_id"]) for row in rows}
        assert found == dict(
            zip(states, [("partner", laboratory), ("both", maker), ("partner", maker), (None, None)], strict=True)
        )
        assert {row["awaited_since"] == row["updated_at"] for row in rows if row["awaited_side"]} == {True}
        late = json.loads(await connection.fetchval("SELECT late_amendments FROM deviation"))
        assert [(each["revision"], each["reported_at"], each["occurred_at"]) for each in late] == [
            (2, "2026-01-02", "2025-12"),
            (3, "2026-01-03", None),
        ]
        assert {"told_at", "occurred"}.isdisjoint(late[0])
        assert await connection.fetchval("SELECT count(*) FROM audit") == audited + 1, (
            "but the batch nobody changed this"
        )
        used = await connection.fetchval("SELECT lot_id FROM material_use")
        assert used == Lot.identify(batch.site_id, "LACTOSE", "L-1")
        assert {row["state"] for row in rows if row["without_plan"]} == {"awaiting_approval"}
        spared = "UPDATE oos_investigation SET notified_at = now() WHERE state = 'awaiting_approval'"
        assert await connection.execute(spared) == "UPDATE 1"
        with pytest.raises(asyncpg.CheckViolationError, match="proposes_by_a_plan"):
            await connection.execute("UPDATE oos_investigation SET state = 'awaiting_approval' WHERE state = 'phase_1'")
    finally:
        await connection.close()
        administrator = await asyncpg.connect(postgres_dsn)
        name = own.database_of("quality_events").rsplit("/", 1)[1]
        await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await administrator.close()
