"""The database's own line for partners: what their login reaches, whatever the code before it forgets."""

import json
from itertools import pairwise
from uuid import UUID, uuid4

import asyncpg
import pytest

from notes.behind_http import Notes
from notes.logins import a_note, logged_in, refused

FACT = """
INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, parties, data)
VALUES (gen_random_uuid(), $1, $2, $3, now(), $4, '', $5, $6)
"""
NOTE = """
INSERT INTO note (id, version, created_at, updated_at, text, rank, pinned, state, partner_id, parties)
VALUES ($1, 1, now(), now(), '', 0, false, 'draft', $2, $3)
"""
ME, RIVAL, RECORD, BEFORE = (str(uuid4()) for _ in range(4))
TRUE = {
    "type": "io.entente.ProductRegistered.v1",
    "topic": "partner-registry.product",
    "key": RECORD,
    "sequence": 1,
    "parties": ME,
    "data": json.dumps({"product_id": RECORD, "partner_id": ME}),
}
INVENTED = {
    "of another type": {"type": "io.entente.SpecificationApproved.v1"},
    "on another topic": {"topic": "no-such-topic"},
    "on another of this service's topics": {"topic": "partner-registry.partner"},
    "under another key": {"key": RIVAL},
    "under no id": {"key": "k"},
    "of a record of before": {"key": BEFORE, "data": json.dumps({"product_id": BEFORE})},
    "of another version": {"sequence": 2},
    "for a rival too": {"parties": ",".join(sorted([ME, RIVAL]))},
    "for a rival": {"parties": RIVAL},
    "for nobody": {"parties": ""},
    "no JSON": {"data": "x"},
    "of nothing": {"data": "{}"},
    "two of a key": {"data": f'{{"product_id": "{RECORD}", "product_id": "{RECORD}"}}'},
    "too large": {"data": json.dumps({"product_id": RECORD, "name": "x" * 2_000_000})},
    "about a rival": {"data": json.dumps({"product_id": RECORD, "partner_id": RIVAL})},
    "about a rival deep inside": {
        "data": json.dumps({"product_id": RECORD, "lots": [{"of": {"laboratory_partner_id": RIVAL}}]})
    },
}


@pytest.mark.parametrize("role", ["svc_sponsor", "svc_partner"])
async def test_the_api_writes_the_outbox_and_cannot_read_it(notes: Notes, role: str) -> None:
    async with logged_in(notes, role, ME) as connection:
        await connection.execute(NOTE, RECORD, ME, [ME])
        await connection.execute(FACT, *TRUE.values())
        for table in ("outbox", "inbox", "parked", "consumer_offset", "relay_cursor", "number_key"):
            await refused(connection, f"SELECT FROM {table}")
        await refused(connection, "INSERT INTO heard (key, number, event_id) VALUES ('', 1, '')")


@pytest.mark.parametrize("invented", INVENTED.values(), ids=INVENTED)
async def test_a_partner_publishes_only_what_it_did(notes: Notes, invented: dict[str, str]) -> None:
    async with notes.installation.work() as work:
        await work.connection.execute(f"{NOTE} ON CONFLICT DO NOTHING", BEFORE, ME, [ME])
    async with logged_in(notes, "svc_partner", ME) as connection:
        await connection.execute(NOTE, RECORD, ME, [ME])
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(FACT, *(TRUE | invented).values())


async def test_who_is_no_partner_publishes_nothing(notes: Notes) -> None:
    async with logged_in(notes, "svc_partner", "") as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(FACT, *TRUE.values())


async def test_a_partners_login_becomes_nobody_else(notes: Notes) -> None:
    async with logged_in(notes, "svc_partner", uuid4()) as connection:
        for role in ("svc_worker", "svc_sponsor", "entente_owner"):
            await refused(connection, f"SET LOCAL ROLE {role}")
    async with logged_in(notes) as connection:
        await refused(connection, "SET LOCAL ROLE svc_partner")


async def test_a_stored_answer_is_its_own_callers(notes: Notes) -> None:
    me, key = uuid4(), {"Idempotency-Key": uuid4().hex}
    async with notes.as_("partner_quality", partner_id=me, subject="petra") as client:
        made = await client.post("/notes", json={"text": "secret", "parties": [str(me)]}, headers=key)
        assert made.status_code == 201, made.text
    readers: list[tuple[str, UUID | str, str, int]] = [
        ("svc_partner", me, "petra", 1),
        ("svc_partner", me, "pavel", 0),
        ("svc_partner", uuid4(), "petra", 0),
    ]
    readers.append(("svc_sponsor", "", "petra", 0))
    for role, tenant, actor, seen in readers:
        async with logged_in(notes, role, tenant, actor) as connection:
            found = "SELECT count(*) FROM idempotency WHERE convert_from(body, 'UTF8') LIKE '%secret%'"
            assert await connection.fetchval(found) == seen, (role, tenant, actor)
            await refused(connection, "DELETE FROM idempotency")
    async with logged_in(notes, "svc_worker") as connection:
        await refused(connection, "SELECT body FROM idempotency")


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
            assert (foreign.status_code, foreign.json()["type"]) == (403, "urn:entente:problem:wrong-side")
    assert await notes.installation.value("SELECT count(*) FROM note WHERE text = $1", mark) == 3


PARTY = "INSERT INTO party (organisation_id, table_name, record_id) VALUES ($1, $2, $3)"
REMARK = "INSERT INTO remark (id, version, created_at, updated_at, note_id, text) VALUES ($1, 1, now(), now(), $2, '')"


async def test_a_partner_reaches_no_child_and_no_party_row_of_another(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    theirs = await a_note(notes, other)
    async with notes.installation.work() as work:
        await work.connection.execute(REMARK, uuid4(), theirs)
    async with logged_in(notes, "svc_partner", me) as connection:
        assert await connection.fetchval("SELECT count(*) FROM remark") == 0
        assert await connection.fetchval("SELECT count(*) FROM party") == 0
        assert await connection.fetchval("SELECT count(*) FROM audit") == 0
        await refused(connection, REMARK, uuid4(), theirs)
        await refused(connection, "SELECT FROM memo")
        assert await connection.execute("UPDATE note SET text = '' WHERE id = $1", theirs) == "UPDATE 0"
        await refused(connection, PARTY, me, "note", theirs)
    async with logged_in(notes, "svc_partner", other) as connection:
        assert await connection.fetchval("SELECT count(*) FROM remark WHERE note_id = $1", theirs) == 1
        tables = await connection.fetch("SELECT table_name FROM audit WHERE root_id = $1 ORDER BY position", theirs)
        assert [row["table_name"] for row in tables] == ["note", "remark"], "a child's history is its root's"


async def test_another_tables_record_of_the_same_id_opens_nothing(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    theirs = await a_note(notes, other)
    async with logged_in(notes, "svc_partner", me) as connection:
        for partner_id, parties in ((other, [other]), (other, [me]), (me, [other]), (None, [me])):
            await refused(connection, NOTE, uuid4(), partner_id, parties)
        for other_beginning in (("'draft'", "'issued'"), ("false", "true"), ("note (", "note (issued_by, ")):
            begun = NOTE.replace(*other_beginning).replace(
                "($1,", "('qa', $1," if "by" in other_beginning[1] else "($1,"
            )
            await refused(connection, begun, uuid4(), me, [me])
        await connection.execute(NOTE, uuid4(), me, [me])
    connection = await asyncpg.connect(notes.installation.admin)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(PARTY, me, "memo", theirs)
        await connection.execute("SELECT set_config('entente.tenant', $1, true)", str(me))
        await connection.execute("SET LOCAL ROLE svc_partner")
        assert await connection.fetchval("SELECT count(*) FROM note WHERE id = $1", theirs) == 0
    finally:
        await transaction.rollback()
        await connection.close()


async def test_a_partner_changes_only_what_its_steps_change(notes: Notes) -> None:
    """The database's own line: whatever a request's code forgets, a record goes only the partner's ways."""
    me, other = uuid4(), uuid4()
    mine, ours = await a_note(notes, me), await a_note(notes, other, me)
    async with logged_in(notes, "svc_partner", me) as connection:
        for forbidden in ("parties = parties || $2::uuid", "partner_id = $2", "pinned = $2::uuid IS NULL"):
            await refused(connection, f"UPDATE note SET {forbidden} WHERE id = $1", mine, other)
        await refused(connection, "UPDATE note SET state = 'withdrawn' WHERE id = $1", mine)
        assert await connection.fetchval("SELECT 1 FROM note WHERE id = $1 FOR UPDATE", ours) == 1
        await refused(connection, "UPDATE note SET text = '' WHERE id = $1", ours)
        for step in (
            "state = 'issued'",
            "state = 'issued', issued_by = 'somebody'",
            "state = 'issued', issued_by = 'me', text = 'x'",
            "text = 'x', version = version + 2",
        ):
            await refused(connection, f"UPDATE note SET {step} WHERE id = $1", mine)
        await connection.execute("UPDATE note SET state = 'issued', issued_by = 'me' WHERE id = $1", mine)
        await refused(connection, "UPDATE note SET state = 'draft' WHERE id = $1", mine)
        await refused(connection, "DELETE FROM note WHERE id = $1", mine)


async def test_numbers_tell_nobody_how_many_there_are(notes: Notes) -> None:
    async with logged_in(notes, "svc_partner", uuid4()) as connection:
        given = await connection.fetch("SELECT next_number('note_number') AS number FROM generate_series(1, 3000)")
        await refused(connection, "SELECT nextval('note_number')")
        await refused(connection, "SELECT last_value FROM note_number")
    numbers = [row["number"] for row in given]
    assert len(set(numbers)) == 3000
    assert all(len(number) == 5 and number.isdecimal() for number in numbers)
    rising = sum(before < after for before, after in pairwise(numbers))
    assert 1350 < rising < 1650, "neither counted up nor down"
    assert min(numbers) < "01000" < "99000" < max(numbers)


async def test_a_party_that_leaves_sees_the_record_no_more(notes: Notes) -> None:
    me, other = uuid4(), uuid4()
    note = await a_note(notes, me, other)
    async with logged_in(notes, "svc_sponsor") as connection:
        await connection.execute("UPDATE note SET parties = $2 WHERE id = $1", note, [other])
        parties = await connection.fetch("SELECT organisation_id FROM party WHERE record_id = $1", note)
        assert [row["organisation_id"] for row in parties] == [other]
