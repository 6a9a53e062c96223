"""Who may do what in a service's database, whatever its code forgets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from installation.tables import ROLES
from notes.behind_http import Notes


@asynccontextmanager
async def logged_in(notes: Notes, role: str = "", tenant: UUID | str = "", actor: str = "me") -> AsyncIterator[Any]:
    """A transaction of the login role, rolled back at its end, under a database role where one is named."""
    connection = await asyncpg.connect(notes.installation.settings.database_of("notes"))
    transaction = connection.transaction()
    await transaction.start()
    try:
        settings = {"role": role or "none", "entente.tenant": str(tenant), "entente.actor": actor}
        for name, value in settings.items():
            await connection.execute("SELECT set_config($1, $2, true)", name, value)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def refused(connection: Any, sql: str, *arguments: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.execute(sql, *arguments)


async def a_note(notes: Notes, *parties: UUID, text: str = "n") -> UUID:
    body = {"text": text, "parties": [str(party) for party in parties]}
    return UUID((await notes.client.post("/notes", json=body)).json()["id"])


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
            if (table, role) != ("inbox", "svc_worker"):  # which forgets what can no longer be new
                await refused(connection, f"DELETE FROM {table}")
        await refused(connection, "DELETE FROM note")
        await refused(connection, "ALTER TABLE note DISABLE ROW LEVEL SECURITY")
        await refused(connection, "ALTER TABLE note DISABLE TRIGGER write_audit")
        await refused(connection, "INSERT INTO audit DEFAULT VALUES")


@pytest.mark.parametrize("role", ["svc_sponsor", "svc_partner"])
async def test_the_api_writes_the_outbox_and_cannot_read_it(notes: Notes, role: str) -> None:
    async with logged_in(notes, role) as connection:
        insert = """
        INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, parties, data)
        VALUES (gen_random_uuid(), 't', 't', 'k', now(), 1, '', '', '{}')
        """
        await connection.execute(insert)
        for table in ("outbox", "inbox", "handled", "parked", "consumer_offset", "relay_cursor"):
            await refused(connection, f"SELECT FROM {table}")
        await refused(connection, "INSERT INTO heard (key, number, event_id) VALUES ('', 1, '')")


async def test_a_partner_sees_only_what_it_is_a_party_to(notes: Notes) -> None:
    me, other, mark = uuid4(), uuid4(), uuid4().hex
    mine, ours, theirs = (
        await a_note(notes, me, text=mark),
        await a_note(notes, me, other, text=mark),
        await a_note(notes, other, text=mark),
    )
    async with notes.as_("partner_quality", partner_id=me) as client:
        found = (await client.get("/notes", params={"text": mark})).json()["items"]
        assert {item["id"] for item in found} == {str(mine), str(ours)}
        assert (await client.get(f"/notes/{theirs}")).status_code == 404
        assert (await client.post(f"/notes/{theirs}/issue", json={"reason": "r"})).status_code == 404
        assert (await client.post(f"/notes/{mine}/issue", json={"reason": "r"})).status_code == 200
        assert (await client.post("/notes", json={"text": "x", "parties": [str(me)]})).status_code == 201
        for parties in ([other], []):
            foreign = await client.post("/notes", json={"text": mark, "parties": [str(party) for party in parties]})
            assert (foreign.status_code, foreign.json()["type"]) == (403, "urn:entente:problem:forbidden")
    assert await notes.installation.value("SELECT count(*) FROM note WHERE text = $1", mark) == 3


async def test_a_partner_reaches_no_child_and_no_party_row_of_another(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    theirs = await a_note(notes, other)
    remark = (
        "INSERT INTO remark (id, version, created_at, updated_at, note_id, text) VALUES ($1, 1, now(), now(), $2, '')"
    )
    async with logged_in(notes, "svc_sponsor") as connection:
        await connection.execute(remark, uuid4(), theirs)
        assert await connection.fetchval("SELECT count(*) FROM remark WHERE note_id = $1", theirs) == 1
        await connection.execute(
            "SELECT set_config('role', 'svc_partner', true), set_config('entente.tenant', $1, true)", str(me)
        )
        assert await connection.fetchval("SELECT count(*) FROM remark") == 0
        assert await connection.fetchval("SELECT count(*) FROM party") == 0
        await refused(connection, remark, uuid4(), theirs)
        await refused(connection, "SELECT FROM memo")
        assert await connection.execute("UPDATE note SET text = '' WHERE id = $1", theirs) == "UPDATE 0"
        await refused(connection, "INSERT INTO party VALUES ($1, $2)", theirs, me)


async def test_a_party_that_leaves_sees_the_record_no_more(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    note = await a_note(notes, me, other)
    async with logged_in(notes, "svc_sponsor") as connection:
        await connection.execute("UPDATE note SET parties = $2 WHERE id = $1", note, [other])
        parties = await connection.fetch("SELECT organisation_id FROM party WHERE record_id = $1", note)
        assert [row["organisation_id"] for row in parties] == [other]
