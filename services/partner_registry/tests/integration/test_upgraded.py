"""What an earlier release knew of companies is there after the upgrade, as the partner's own sees it."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from alembic import command
from alembic.config import Config

from installation import migrate
from partner_registry.duplicates.similarity import Company, grounds

MIGRATIONS = Path(__file__).parents[2] / "migrations"
KNOWN = """
INSERT INTO partner (id, version, created_at, updated_at, number, legal_name, normalised_name, kind, country, duns,
                     state, parties)
VALUES ($1, 1, '2024-02-01T08:00:00.120Z', now(), 'P-1', 'Alpine of Graz GmbH', 'alpine of graz', 'cmo', 'AT', $2,
        'active', ARRAY[$1::uuid])
"""
INSPECTED = """
WITH plant AS (INSERT INTO site (id, version, created_at, updated_at, number, partner_id, name, country, time_zone,
                                 activities, parties)
    VALUES (gen_random_uuid(), 1, now(), now(), 'S-1', $1, 'Plant', 'AT', 'UTC', '{testing}', ARRAY[$1::uuid])
    RETURNING id, parties)
INSERT INTO inspection (id, version, created_at, updated_at, number, state, site_id, partner_id, authority, kind,
    products, announced_at, told_sponsor_at, starts_on, ended_on, observations, form_483, outcome, classified_on,
    letters, commitments, parties)
SELECT gen_random_uuid(), 1, now(), '2024-02-01T08:00:00Z', 'INSP-1', 'classified', id, $1, 'FDA', 'routine', '{}',
    now(), now(), '2024-01-08', '2024-01-09', '[]', false, 'vai', '2024-01-20',
    '[{"letter": "form_483", "issued_on": "2024-01-12", "reference": "1"}]', '[]', parties FROM plant
"""
SUSPENDED = """
INSERT INTO history_entry (id, partner_id, kind, occurred_on, recorded_at, shared, data)
SELECT gen_random_uuid(), $1, 'PartnerStatusChanged', '2025-05-04', now(), true,
       jsonb_build_object('after', said.after, 'occurred_at', said.at || 'T08:00:00Z')
FROM (VALUES ('active', '2025-01-02'), ('suspended', '2025-02-03'), ('active', '2025-03-04'),
             ('suspended', '2025-05-04')) AS said (after, at)
"""
OWNER = {"partner": "id", "legal_entity": "partner_id"}
SEEN = "SELECT table_name FROM party WHERE organisation_id = $1"


async def test_a_partner_has_its_entity_and_its_number(settings: Any, postgres_dsn: str) -> None:
    own = settings.model_copy(update={"database_url": settings.database_url + "_upgraded"})
    await migrate.provision(postgres_dsn, own, "partner_registry")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("partner_registry"))
    earlier = Config()
    earlier.set_main_option("script_location", str(MIGRATIONS))
    earlier.set_main_option("sqlalchemy.url", admin)
    await asyncio.to_thread(command.upgrade, earlier, "0019")
    database = await asyncpg.connect(admin)
    with_duns, without, unlike = uuid4(), uuid4(), uuid4()
    await database.execute("SELECT set_config('entente.actor', 'x', false)")
    await database.execute(KNOWN, with_duns, "150483782")
    twin = KNOWN.replace("2024", "2023").replace("alpine of", "alpines of").replace("Alpine of", "Alpines of")
    await database.execute(twin.replace("'P-1'", "'P-2'").replace("'AT'", "'DE'"), without, None)
    no_twin = KNOWN.replace("'P-1'", "'P-3'").replace("alpine of graz", "2")
    suspended = no_twin.replace("'active'", "'suspended'")
    await database.execute(suspended.replace("Alpine of Graz GmbH", "ООО Верофарм 2"), unlike, None)
    await database.execute(SUSPENDED, unlike)
    await database.execute(INSPECTED, without)
    await asyncio.to_thread(command.upgrade, earlier, "0046")
    for table in ("partner", "legal_entity"):  # as releases before 0047 compared them
        await database.execute(
            f"UPDATE {table} SET legal_name = legal_name || ' SE' WHERE $1 IN (id, {OWNER[table]})", unlike
        )
        await database.execute(f"UPDATE {table} SET normalised_name = 'ооо верофарм 2 se' WHERE legal_name LIKE '% SE'")
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
    (entity,) = await database.fetch("SELECT * FROM legal_entity WHERE partner_id = $1", with_duns)
    assert (entity["legal_name"], entity["principal"], entity["number"][:8]) == (
        "Alpine of Graz GmbH",
        True,
        "LE-2024-",
    )
    assert '"recorded_at": "2024-02-01T08:00:00.120000+00:00"' in entity["entries"]
    for table in ("partner", "legal_entity"):
        names = await database.fetch(f"SELECT DISTINCT normalised_name FROM {table} ORDER BY 1")
        assert [row[0] for row in names] == ["alpine of graz", "alpines of graz", "ооо верофарм 2"], "which was 2"
    proposed = await database.fetch("SELECT DISTINCT registered_by FROM partner")
    assert [row[0] for row in proposed] == ["x"], "as the audit tells"
    said = json.loads(await database.fetchval("SELECT decisions FROM inspection"))
    assert said == [
        {"letter": "form_483", "effective_on": "2024-01-12", "at": "2024-02-01T08:00:00.000000+00:00"},
        {"outcome": "vai", "effective_on": "2024-01-20", "at": "2024-02-01T08:00:00.000000+00:00"},
    ]
    numbers = await database.fetch("SELECT scheme, value, partner_id FROM identifier")
    assert [tuple(each) for each in numbers] == [("duns", "150483782", with_duns)]
    for partner, tables in (
        (with_duns, {"partner", "legal_entity", "identifier"}),
        (without, {"partner", "legal_entity", "site", "inspection"}),
    ):
        assert {row["table_name"] for row in await database.fetch(SEEN, partner)} == tables
    (asked,) = await database.fetch("SELECT * FROM duplicate_candidate")
    assert (asked["partner_id"], asked["other_id"]) == (with_duns, without), "no third one looks like one of them"
    assert asked["grounds"] == grounds(Company({"alpine of graz"}), Company({"alpines of graz"}))
    assert (asked["number"][:4], asked["state"], asked["version"]) == ("DUP-", "open", 1)
    assert await database.fetchval("SELECT max(version) FROM partner") == 1, "nobody changed it"
    await it_is_known_when_it_was_not_active(database, unlike)
    await database.close()
    await _drop(postgres_dsn, own.database_of("partner_registry"))


async def it_is_known_when_it_was_not_active(database: Any, partner_id: UUID) -> None:
    since = await database.fetch("SELECT id, inactive_since FROM partner WHERE inactive_since IS NOT NULL")
    assert [tuple(each) for each in since] == [(partner_id, datetime(2025, 5, 4, 8, tzinfo=UTC))]
    over = await database.fetch("SELECT id, inactive_before FROM partner WHERE inactive_before <> '[]'")
    spell = {"since": "2025-02-03T08:00:00Z", "until": "2025-03-04T08:00:00Z"}
    assert [(id, json.loads(spells)) for id, spells in over] == [(partner_id, [spell])]


async def _drop(postgres_dsn: str, url: str) -> None:
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')
    await administrator.close()
