"""What the database lets the role of partners' requests do, whatever the code forgets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.tech_transfer.tests.designing import SCORES

LESSON = {"category": "partnership", "title": "slow", "text": "the maker is slow", "recommendation": "choose another"}
NOTED = "SELECT * FROM gate_blocking WHERE transfer_id = $1 ORDER BY id"
BLOCKS = '[{"rule": "team", "unit": "sending", "since": "2020-01-01T00:00:00Z"}]'
OPENED = """
INSERT INTO transfer_action (id, created_at, updated_at, transfer_id, transfer_number, product_id, sending_site_id,
    sending_partner_id, receiving_site_id, receiving_partner_id, parties, number, gate, rule, text, unit, version,
    state, cause)
SELECT gen_random_uuid(), now(), now(), $1, $2, $3, $4, $5, $6, $7,
    array(SELECT unnest(ARRAY[$5::uuid, $7::uuid]) AS one ORDER BY one), gen_random_uuid(),
    'initiation', 'team', 'pay me', 'receiving', 1, 'open', 'no_longer_true'
"""


@asynccontextmanager
async def as_partner(database: Any, partner_id: UUID) -> AsyncIterator[Any]:
    """The database in a transaction that is a partner's and leaves nothing."""
    transaction = database.transaction()
    await transaction.start()
    for name, value in (("actor", "mallory"), ("tenant", str(partner_id)), ("roles", "partner_quality")):
        await database.execute(f"SELECT set_config('entente.{name}', $1, true)", value)
    await database.execute("SET LOCAL ROLE svc_partner")
    try:
        yield database
    finally:
        await transaction.rollback()


async def test_a_partner_is_given_no_row_that_is_the_sponsors_alone(
    service: Any, known: Any, started: Any, database: Any
) -> None:
    transfer = await started()
    mine, id = {"transfer_id": transfer["id"]}, UUID(transfer["id"])
    await service.client.done("/lessons", mine | LESSON)
    risk = {"failure_mode": "their analyst leaves", "effect": "late", "sponsor_only": True}
    await service.client.done("/risks", mine | SCORES | risk)
    draft = {"category": "lessons", "title": "Bids", "mandatory": False, "confidentiality": "sponsor_only"}
    await service.client.done("/package-items", mine | draft)
    for table in ("lesson", "risk", "closure_report", "package_item", "watched_lot"):
        async with as_partner(database, known.maker):
            assert await database.fetch("SELECT of_transfer($1, $2)", table, id) == [], table
    async with as_partner(database, known.maker):
        assert len(await database.fetch("SELECT of_transfer('gate_blocking', $1)", id)) > 1


async def test_what_a_partner_says_of_what_blocks_is_not_noted(
    service: Any, known: Any, started: Any, database: Any
) -> None:
    id = UUID((await started())["id"])
    before = await database.fetch(NOTED, id)
    async with as_partner(database, known.maker):
        said = ("initiation", BLOCKS, datetime(2026, 1, 1, tzinfo=UTC))
        await database.execute("SELECT note_blocking($1, $2, $3::text::jsonb, $4)", id, *said)
        await database.execute("RESET ROLE")
        assert await database.fetch(NOTED, id) == before
        (due,) = await database.fetch("SELECT followed_at, changed_at FROM followed_transfer WHERE id = $1", id)
        assert (due["followed_at"].year, due["changed_at"].year > 2020) == (1970, True), "the worker looks at it"


async def test_a_partner_opens_no_action_under_the_transfer_of_others(
    service: Any, known: Any, started: Any, database: Any
) -> None:
    transfer = await started()
    own = [transfer[each] for each in ("id", "number", "product_id", "sending_site_id", "sending_partner_id")]
    own += [transfer["receiving_site_id"], transfer["receiving_partner_id"]]
    async with as_partner(database, known.sender):
        await database.execute(OPENED, *own)
    rival = uuid4()
    own[4] = str(rival)
    async with as_partner(database, rival):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.execute(OPENED, *own)
