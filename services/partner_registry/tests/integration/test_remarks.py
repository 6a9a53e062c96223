"""What was noted of qualifications before it stood apart is taken from where their partners read it."""

import importlib.util
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

MIGRATION = Path(__file__).parents[2] / "migrations" / "versions" / "0017_remarks.py"
AS_IT_WAS = """
UPDATE qualification SET
    waiver = '{"basis": "remote", "until": "2027-01-01", "risk": "SECRET", "reason": "SECRET", "by": "eva"}',
    items = (SELECT jsonb_agg(item || '{"reason": "SECRET", "by": "ana"}') FROM jsonb_array_elements(items) AS item)
WHERE id = $1
"""
SIGNED = """
INSERT INTO signature (table_name, record_id, version, action, meaning, subject, printed_name, signed_at, digest,
                       statement, sealed, token)
SELECT 'qualification', id, version, 'approve', 'x', 'eva', 'Eva', now(), id::text, 'SECRET',
       to_jsonb(qualification), 'x'
FROM qualification WHERE id = $1
"""
SEEN = (
    "SELECT to_jsonb(qualification)::text FROM qualification WHERE id = $1",
    "SELECT concat(audit.old, audit.new) FROM audit WHERE root_id = $1",
    "SELECT statement || sealed::text FROM signature WHERE record_id = $1",
)
HOLDS = """
SELECT sealed -> 'items' = items AND sealed -> 'waiver' = waiver
FROM signature JOIN qualification ON record_id = qualification.id WHERE record_id = $1 AND digest = record_id::text
"""


@pytest.fixture
def moving() -> Any:
    """The statements of the migration."""
    spec = importlib.util.spec_from_file_location("remarks", MIGRATION)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_what_was_noted_is_moved_and_no_signature_breaks_by_that(
    site: Any, qualify: Any, database: Any, moving: Any
) -> None:
    id = UUID((await qualify.assessed(site)).rpartition("/")[2])
    await qualify.assessed(site, form="capsule")  # of which no audit is waived

    async def read() -> list[bool]:
        await database.execute("SELECT set_config('role', 'svc_partner', true)")
        await database.execute("SELECT set_config('entente.tenant', $1, true)", site["partner_id"])
        found = ["SECRET" in str(await database.fetch(query, id)) for query in SEEN]
        await database.execute("SELECT set_config('role', 'none', true)")
        return found

    transaction = database.transaction()
    await transaction.start()
    try:
        await database.execute("SELECT set_config('entente.actor', 'migration', true)")
        await database.execute("ALTER TABLE qualification_remark DISABLE TRIGGER USER")
        await database.execute("DELETE FROM qualification_remark")
        await database.execute(AS_IT_WAS, id)
        await database.execute(SIGNED, id)
        assert await read() == [True, True, True]
        await database.execute("ALTER TABLE qualification DISABLE TRIGGER USER")
        for statement in (moving.TOLD, moving.LEFT, moving.SEALED, moving.PAST):
            await database.execute(statement)
        assert await read() == [False, False, False]
        assert await database.fetchval(HOLDS, id)
        (row,) = await database.fetch("SELECT items::text, waiver::text FROM qualification_remark WHERE id = $1", id)
        assert json.loads(row["items"])["insurance"] == {"reason": "SECRET", "by": "ana"}
        assert json.loads(row["waiver"]) == {"risk": "SECRET", "reason": "SECRET", "by": "eva"}
    finally:
        await transaction.rollback()
