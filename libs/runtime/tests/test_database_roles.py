"""Who may do what in a service's database, whatever its code forgets."""

from uuid import uuid4

import asyncpg
import pytest

from installation.tables import ROLES
from notes.behind_http import Notes
from notes.logins import a_note, logged_in, refused


async def test_a_login_that_took_no_role_may_nothing(notes: Notes) -> None:
    tables = await notes.installation.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = {row["tablename"] for row in tables} - {"alembic_version"}
    assert {"note", "outbox", "audit", "party", "inbox", "parked", "idempotency"} <= names
    async with logged_in(notes) as connection:
        for name in names:
            for sql in (f"SELECT FROM {name}", f"DELETE FROM {name}", f"INSERT INTO {name} DEFAULT VALUES"):
                await refused(connection, sql)
        await refused(connection, "SET LOCAL ROLE entente_owner")


async def test_a_regulated_change_needs_an_actor(notes: Notes) -> None:
    note = await a_note(notes)
    async with logged_in(notes, "svc_sponsor", actor="") as connection:
        with pytest.raises(asyncpg.RaiseError, match="on behalf of somebody"):
            await connection.execute("UPDATE note SET text = 'x' WHERE id = $1", note)


async def test_a_change_is_audited_with_who_what_and_why(notes: Notes) -> None:
    headers = {"X-Reason": "the label was wrong", "X-Correlation-Id": uuid4().hex}
    note = (await notes.client.post("/notes", json={"text": "before"})).json()["id"]
    await notes.client.put(f"/notes/{note}", json={"text": "after"}, headers=headers | {"If-Match": "*"})
    audited = "SELECT * FROM audit WHERE record_id = $1 AND new ->> 'text' = 'after' ORDER BY position"
    row = (await notes.installation.rows(audited, note))[0]
    assert (row["actor"], row["reason"], row["operation"]) == ("tester", "the label was wrong", "UPDATE")
    assert (row["actor_roles"], row["correlation_id"]) == ("admin,quality", headers["X-Correlation-Id"])
    assert '"text": "before"' in row["old"]
    assert '"text": "after"' in row["new"]


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_rewrites_history(notes: Notes, role: str) -> None:
    async with logged_in(notes, role) as connection:
        for table in ("audit", "outbox", "inbox", "idempotency"):
            column = "key" if table == "idempotency" else "event_id" if table == "inbox" else "correlation_id"
            await refused(connection, f"UPDATE {table} SET {column} = 'x'")
            await refused(connection, f"TRUNCATE {table}")
            if role != "svc_worker" or table not in ("inbox", "idempotency"):  # it forgets what nobody needs any more
                await refused(connection, f"DELETE FROM {table}")
        await refused(connection, "DELETE FROM note")
        await refused(connection, "ALTER TABLE note DISABLE ROW LEVEL SECURITY")
        await refused(connection, "ALTER TABLE note DISABLE TRIGGER write_audit")
        await refused(connection, "INSERT INTO audit DEFAULT VALUES")


async def test_no_moment_is_infinite(notes: Notes) -> None:
    mine = await a_note(notes)
    async with logged_in(notes, "svc_sponsor") as connection:
        for moment in ("infinity", "-infinity"):
            with pytest.raises(asyncpg.CheckViolationError, match="created_at_is_finite"):
                async with connection.transaction():
                    await connection.execute(f"UPDATE note SET created_at = '{moment}' WHERE id = $1", mine)


async def test_numbers_go_on_without_a_repetition_when_five_digits_are_used_up(notes: Notes) -> None:
    connection = await asyncpg.connect(notes.installation.admin)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("CREATE SEQUENCE used_number START 99001; GRANT USAGE ON used_number TO entente_owner")
        given = await connection.fetch("SELECT next_number('used_number') AS number FROM generate_series(1, 2000)")
    finally:
        await transaction.rollback()
        await connection.close()
    numbers = [row["number"] for row in given]
    assert len({*numbers}) == 2000
    assert {len(number) for number in numbers[:1000]} == {5}
    assert {len(number) for number in numbers[1000:]} == {6}
    assert all(number[0] != "0" for number in numbers[1000:])
