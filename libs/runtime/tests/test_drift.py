"""What somebody changed in a database by hand, and what a migration did not say, is named."""

import asyncio

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from installation import migrate, schema
from notes.installation import MIGRATIONS, Installation

CHANGES = {
    "a policy is dropped": ("DROP POLICY party ON note", "missing: policy note.party"),
    "a policy is opened": ("ALTER POLICY party ON note USING (true)", "not ours: policy note.party"),
    "a trigger is dropped": ("DROP TRIGGER write_audit_update ON note", "missing: trigger"),
    "a trigger is switched off": ("ALTER TABLE note DISABLE TRIGGER sync_party_insert", "sync_party_insert"),
    "row security is switched off": ("ALTER TABLE memo DISABLE ROW LEVEL SECURITY", "missing: table memo"),
    "the owner is let through": ("ALTER TABLE memo NO FORCE ROW LEVEL SECURITY", "missing: table memo"),
    "an index is dropped": ("DROP INDEX outbox_xid", "missing: index"),
    "a constraint is dropped": ("ALTER TABLE note DROP CONSTRAINT created_at_is_finite", "created_at_is_finite"),
    "a key is dropped": (
        "ALTER TABLE parked DROP CONSTRAINT parked_topic_partition_offset_event_id_handler_group_key",
        "UNIQUE",
    ),
    "a column is added": ("ALTER TABLE note ADD COLUMN colour text", "not ours: column note.colour"),
    "a right is granted": ("GRANT DELETE ON note TO svc_partner", "svc_partner"),
    "a column's right is granted": (
        "GRANT UPDATE (parties) ON note TO svc_partner",
        "not ours: grant on table note.parties",
    ),
    "a function is changed": (
        "CREATE OR REPLACE FUNCTION sync_party() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "missing: function sync_party",
    ),
    "a function is for everybody": (
        "GRANT EXECUTE ON FUNCTION next_number TO PUBLIC",
        "function next_number: EXECUTE to public",
    ),
}


async def after(installation: Installation, sql: str) -> list[str]:
    """What differs once a statement was run, which is undone again."""
    engine = create_async_engine(installation.admin.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.connect() as connection:
        await connection.exec_driver_sql(sql)
        found = await connection.run_sync(schema.lines_of)
        await connection.rollback()
    await engine.dispose()
    return schema.differences(found, MIGRATIONS)


async def test_a_change_by_hand_is_named(installation: Installation) -> None:
    for change, (sql, named) in CHANGES.items():
        found = await after(installation, sql)
        assert named in "; ".join(found), (change, found)
    assert await after(installation, "CREATE INDEX note_text ON note (text)") == [], "an index is nobody's harm"


async def test_an_upgrade_of_a_database_that_drifted_says_so(installation: Installation) -> None:
    connection = await asyncpg.connect(installation.admin)
    await connection.execute("DROP POLICY party ON note")
    await connection.close()
    with pytest.raises(schema.Drift, match=r"missing: policy note\.party"):
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, installation.admin)
