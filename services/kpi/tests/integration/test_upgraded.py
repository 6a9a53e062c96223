"""What an earlier release counted counts by the new formulas after the upgrade, without a rebuild."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from alembic import command
from alembic.config import Config

from installation import migrate

MIGRATIONS = Path(__file__).parents[2] / "migrations"
COUNTED = """
INSERT INTO measured_fact (id, subject_id, measure, value, count, occurred_at, month, partner_id, site_id, event_id,
                           type, topic, key, recorded_at)
VALUES (uuidv7(), $1, $2, $3, 1, '2026-03', '2026-03-01', $4, $4, $5, 'x', 'x', 'x', now())
"""


async def test_what_counted_counts_once(settings: Any, postgres_dsn: str) -> None:
    own = settings.model_copy(update={"database_url": settings.database_url + "_upgraded"})
    await migrate.provision(postgres_dsn, own, "kpi")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("kpi"))
    earlier = Config()
    earlier.set_main_option("script_location", str(MIGRATIONS))
    earlier.set_main_option("sqlalchemy.url", admin)
    await asyncio.to_thread(command.upgrade, earlier, "0007")
    database = await asyncpg.connect(admin)
    await database.execute("SELECT set_config('entente.actor', 'x', false)")
    for table in ("measured_fact", "kpi_definition"):
        await database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    await database.execute("DELETE FROM kpi_definition WHERE formula_version = 2")
    batch, partner = uuid4(), uuid4()
    for measure, value in (("batch_manufactured", 1), ("right_first_time", 0), ("deviation", 1)):
        await database.execute(COUNTED, batch, measure, value, partner, uuid4())
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
    for table in ("last_said", "bucket", "measured_fact", "kpi_definition"):
        await database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")

    async def held(table: str, columns: str) -> set[tuple[UUID | str | int, ...]]:
        query = f"SELECT {columns} FROM {table} WHERE measure LIKE 'lot_%'"
        return {tuple(row) for row in await database.fetch(query)}

    made, right = ("lot_manufactured", 1, 1), ("lot_right_first_time", 1, 0)
    assert await held("measured_fact", "measure, count, value") == {made, right}
    assert await held("bucket", "measure, count, total") == {made, right}
    assert await held("last_said", "measure, subject_id, value") == {(name, batch, 1) for name, *_ in (made, right)}
    versions = await database.fetch("SELECT code FROM kpi_definition WHERE formula_version = 2 ORDER BY code")
    rates = ["deviations_per_batch", "invalidated_oos_rate", "invalidated_oos_share", "oos_rate", "right_first_time"]
    assert [row["code"] for row in versions] == [*rates, "yield"]
    await database.close()
