"""Criteria that are frozen change by no route: over HTTP there is none, and the database refuses each of its roles."""

import json
from typing import Any

import asyncpg
import pytest

from .method_transferring import ASSAY, Laboratories

ROLES = ("svc_sponsor", "svc_partner", "svc_worker", "the owner", "a superuser without triggers")
PROTOCOL = {
    "criteria": json.dumps([ASSAY | {"bands": [{"mean_from": "0", "absolute": "9", "relative_percent": None}]}]),
    "lots": "[]",
    "method_version": "9.9",
    "runs": 1,
    "sending_last_run_on": None,
    "protocol_digest": "0e" * 32,
    "frozen_at": None,
    "quality_approved_by": "nobody",
    "product_id": "00000000-0000-0000-0000-000000000000",
    "did_not_pass": True,
}
FOUND = {"value": 1, "tested_at": "2001-01-01", "lot": "L-9", "attribute": "water", "side": "sending"}
FOUND |= {
    "text": "complies",
    "run": 9,
    "source_result_id": PROTOCOL["product_id"],
    "supersedes": PROTOCOL["product_id"],
}
NEXT = "version = version + 1"
FROZEN = f"UPDATE method_transfer SET {NEXT}, state = 'criteria_frozen', frozen_at = now(), "
APPROVED = "sending_approved_by = 'sam', receiving_approved_by = 'rita', quality_approved_by = 'q'"
REFUSED = (asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError)


async def become(database: asyncpg.Connection, role: str, partner_id: Any) -> None:
    """Take a role for this transaction, with all that its triggers ask for."""
    for name, value in (("actor", "mallory"), ("tenant", str(partner_id)), ("roles", "quality")):
        await database.execute(f"SELECT set_config('entente.{name}', $1, true)", value)
    if role == "a superuser without triggers":
        await database.execute("SET LOCAL session_replication_role = replica")
    elif role == "the owner":
        owner = await database.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'method_transfer'")
        for table in ("method_transfer", "method_transfer_result", "party"):
            await database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        await database.execute(f'SET LOCAL ROLE "{owner}"')
    else:
        await database.execute(f"SET LOCAL ROLE {role}")


async def refused(database: asyncpg.Connection, statement: str, *arguments: Any) -> bool:
    """Whether the database refuses a statement, for want of a right or by the trigger."""
    try:
        await database.execute(statement, *arguments)
    except REFUSED:
        return True
    return False


@pytest.mark.parametrize("state", ["criteria_frozen", "in_execution"])
async def test_no_role_changes_what_is_frozen(
    service: Any, known: Any, started: Any, database: asyncpg.Connection, state: str
) -> None:
    laboratories = Laboratories(service, known)
    path = await laboratories.planned(await started())
    await laboratories.frozen(path)
    if state == "in_execution":
        await laboratories.report(path)
    before = (await service.client.get(path)).json()
    assert before["state"] == state
    id = before["id"]
    routes: list[tuple[str, tuple[Any, ...]]] = [
        (f"UPDATE method_transfer SET {name} = $2, {NEXT} WHERE id = $1", (id, value))
        for name, value in PROTOCOL.items()
    ]
    routes += [
        (
            f"UPDATE method_transfer_result SET {name} = $2, version = version + 1 WHERE method_transfer_id = $1",
            (id, value),
        )
        for name, value in FOUND.items()
        if state == "in_execution"
    ]
    routes += [
        ("DELETE FROM method_transfer_result WHERE method_transfer_id = $1", (id,)),
        ("DELETE FROM method_transfer WHERE id = $1", (id,)),
        ("TRUNCATE method_transfer, method_transfer_result", ()),
        (
            "INSERT INTO method_transfer SELECT (jsonb_populate_record(one, $2)).* FROM method_transfer one "
            "WHERE id = $1 ON CONFLICT (id) DO UPDATE SET criteria = EXCLUDED.criteria",
            (id, json.dumps({"criteria": []})),
        ),
    ]
    for role in ROLES:
        for statement, arguments in routes:
            if statement.startswith("DELETE FROM method_transfer_result") and state == "criteria_frozen":
                continue
            transaction = database.transaction()
            await transaction.start()
            await become(database, role, known.laboratory)
            assert await refused(database, statement, *arguments), f"{role}: {statement}"
            await transaction.rollback()
    after = (await service.client.get(path)).json()
    assert {name: after[name] for name in PROTOCOL} == {name: before[name] for name in PROTOCOL}
    for _, document in service.app.openapi()["paths"].items():
        assert not {"put", "patch", "delete"} & document.keys(), "there is no other route to a record than its steps"


async def test_no_result_comes_before_the_criteria_are_frozen_by_any_role(
    service: Any, known: Any, started: Any, database: asyncpg.Connection
) -> None:
    laboratories = Laboratories(service, known)
    plan, frozen = [await laboratories.planned(await started(), method=f"HPLC-{n}") for n in (1, 2)]
    await laboratories.frozen(frozen)
    await laboratories.report(frozen)
    unfrozen = plan.rpartition("/")[2]
    routes = (
        "INSERT INTO method_transfer_result SELECT (jsonb_populate_record(one, jsonb_build_object('id', "
        "gen_random_uuid(), 'method_transfer_id', $1::text))).* FROM method_transfer_result one LIMIT 1",
        "UPDATE method_transfer_result SET method_transfer_id = $1::text::uuid",
    )
    for role in ROLES:
        for statement in routes:
            transaction = database.transaction()
            await transaction.start()
            await become(database, role, known.laboratory)
            assert await refused(database, statement, unfrozen), f"{role}: {statement}"
            await transaction.rollback()


async def test_nothing_is_frozen_that_three_people_have_not_approved(
    service: Any, known: Any, started: Any, database: asyncpg.Connection
) -> None:
    """Nor by a name that is missing, of the sponsor's own laboratory neither. What is never frozen needs none."""
    laboratories = Laboratories(service, known)
    path = await laboratories.planned(await started(), sending_laboratory_site_id=None)
    by_two = [APPROVED.replace(f"'{one}'", other) for one in ("sam", "rita", "q") for other in ("NULL", "'sam'")]
    by_two.remove(APPROVED)
    ended = [f"UPDATE method_transfer SET {NEXT}, state = '{each}'" for each in ("waived", "withdrawn")]
    refused = [*(FROZEN + each for each in by_two), FROZEN.replace("frozen_at = now()", APPROVED).rstrip(", ")]
    refused += [each.replace("withdrawn", "failed") for each in ended[1:]]
    for role in ("svc_sponsor", "svc_worker"):
        for statement in (*refused, *ended, FROZEN + APPROVED):
            transaction = database.transaction()
            await transaction.start()
            await become(database, role, known.laboratory)
            try:
                changed = await database.execute(f"{statement} WHERE id = $1", path.rpartition("/")[2])
            except asyncpg.CheckViolationError:
                changed = "refused"
            assert (changed == "refused") == (statement in refused), f"{role}: {statement}: {changed}"
            await transaction.rollback()
