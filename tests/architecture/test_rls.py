"""What each service's database grants: behind a policy, or in a short list with its reason; and partners' moves."""

import importlib
import json
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import inspect
from sqlmodel import SQLModel

from contracts import Side, contract_for
from runtime import lifecycle
from runtime.settings import Settings

SERVICES = Path(__file__).parents[2] / "services"
PACKAGES = sorted(path.parent.name for path in SERVICES.glob("*/migrations"))
WITHOUT_POLICY = {
    "outbox": "written by all who command, read by the worker; COPY refuses row security, so a CHECK holds partners",
    "inbox": "the worker's alone, which has no tenant",
    "consumer_offset": "the worker's alone, which has no tenant",
    "relay_cursor": "the worker's alone, which has no tenant",
    "parked": "the worker's alone, which has no tenant",
    "handled": "the worker's alone, which has no tenant",
    "set_aside": "the worker's alone, which has no tenant",
}
PARTNERS_PUBLISH = {
    "quality_events": {
        *("BatchStarted", "BatchManufactured", "BatchTerminated", "BatchHeld", "BatchHoldLifted", "BatchesLinked"),
        *("BatchRecordReceived", "BatchRecordReviewed", "BatchRecordRevised", "CapaOpened", "DeviationRaised"),
        "DeviationCancelled",
        *("OosNotified", "OosInvalidationProposed", "OosConcluded", "AuditScheduled", "FindingResponded", "BallHeld"),
        "OotConcluded",
        *("ChangeProposed", "ChangeApproved", "ChangeImplemented", "ChangeRefused"),
        *("BatchConfirmed", "ProductQualityReviewSigned"),
    },
    "sample_tracking": {"ResultsReported", "OosDetected", "ResultApproved", "BallHeld", "CoaIssued", "CoaSuperseded"}
    | {"ResultNotReportable", "DataIntegrityFlagged", "TestOrderAccepted", "TestOrderDeclined"},
    "partner_feeds": {"BallHeld"},
    "partner_registry": {
        *("CertificateRecorded", "BallHeld", "RegulatoryInspectionAnnounced"),
        *("RegulatoryInspectionRecorded", "RegulatoryInspectionClassified", "LineShared", "CapacityChanged"),
        "SubSupplierUsed",
    },
    "contracting": {
        *("AgreementProposed", "AgreementAgreed", "AgreementSigned", "AgreementRenewed", "AgreementReviewed"),
        *("AgreementNoticeGiven", "BallHeld", "ObligationWaived"),
    },
    "tech_transfer": {
        *("BallHeld", "PackageItemProvided", "PackageItemAccepted", "PackageItemReturned", "GapIdentified")
    },
}
"""What partners' commands tell, by the service. In all others they command nothing, or nothing follows at once."""
_GRANTED = """
SELECT relname, relrowsecurity AS guarded, grantee::regrole::text AS role, privilege_type AS right
FROM pg_class, LATERAL (
    SELECT grantee, privilege_type FROM aclexplode(relacl)
    UNION SELECT grantee, privilege_type FROM pg_attribute, aclexplode(attacl) WHERE attrelid = pg_class.oid
) AS granted
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND grantee <> relowner
"""
_POLICIES = "SELECT tablename, unnest(roles)::text AS role, cmd FROM pg_policies WHERE schemaname = 'public'"
_STEPS = """
SELECT tgrelid::regclass::text AS table_name, split_part(encode(tgargs, 'escape'), '\\000', 1) AS steps
FROM pg_trigger WHERE tgname = 'partner_steps'
"""
_FACTS = r"""
SELECT substring(pg_get_constraintdef(oid) FROM $$'(\{.*\})'::jsonb$$)
FROM pg_constraint WHERE conname = 'outbox_own_facts'
"""
Steps = set[tuple[str, str, tuple[str, ...]]]


@pytest_asyncio.fixture(scope="module", params=PACKAGES)
async def database(
    request: pytest.FixtureRequest, settings: Settings, postgres_dsn: str, make_database: Any
) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A service's package and its database, as its migrations make it."""
    package = request.param
    own = settings.model_copy(update={"database_url": settings.database_url + "_rls"})
    connection = await asyncpg.connect(await make_database(own, package, SERVICES / package / "migrations"))
    yield package, connection
    await connection.close()
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE "{own.database_of(package).rsplit("/", 1)[1]}" WITH (FORCE)')
    await administrator.close()


async def test_every_right_is_behind_a_policy_or_has_a_reason(database: Any) -> None:
    _, connection = database
    policies = {(row["tablename"], row["role"], row["cmd"]) for row in await connection.fetch(_POLICIES)}
    bare = []
    for row in await connection.fetch(_GRANTED):
        table, role, right = row["relname"], row["role"], row["right"]
        covered = row["guarded"] and {(table, role, "ALL"), (table, role, right)} & policies
        if right in ("SELECT", "INSERT", "UPDATE", "DELETE") and not covered and table not in WITHOUT_POLICY:
            bare.append(f"{role} may {right} {table}")
    assert bare == []


async def test_what_has_no_policy_is_nothing_that_a_partner_reads_or_changes(database: Any) -> None:
    package, connection = database
    rights = {
        (row["relname"], row["right"])
        for row in await connection.fetch(_GRANTED)
        if row["relname"] in WITHOUT_POLICY and row["role"] == "svc_partner"
    }
    assert rights == ({("outbox", "INSERT")} if PARTNERS_PUBLISH.get(package) else set())


async def test_partners_publish_what_their_steps_tell_and_as_the_contracts_say(database: Any) -> None:
    package, connection = database
    said = await connection.fetchval(_FACTS)
    known: dict[str, list[Any]] = json.loads(said) if said else {}
    assert {type.split(".")[-2] for type in known} == PARTNERS_PUBLISH.get(package, set())
    for type, (topic, field, _, _, *of_a_set) in known.items():
        contract = contract_for(type)
        assert contract is not None, type
        assert (contract.topic, contract.key) == (topic, of_a_set[-1] if of_a_set else field)
        assert contract.producer == package.replace("_", "-")


async def test_partners_take_records_only_where_their_steps_do(database: Any) -> None:
    """The database's steps are the transitions that name a partner's side, with side and second person."""
    package, connection = database
    found: dict[str, Steps] = {}
    for table, steps in await connection.fetch(_STEPS):
        found[table] = {
            (move, side, tuple(sorted(step["independent_of"])))
            for step in json.loads(steps)
            for move in step["moves"]
            for side in step["sides"]
        }
    steps_of_models = {table: steps_of(model) for table, model in models(package).items()}
    assert found == {table: steps for table, steps in steps_of_models.items() if steps}


def models(package: str) -> dict[str, type[SQLModel]]:
    """A service's models with a lifecycle, by their tables."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(module.name)
    registry = importlib.import_module(f"{package}.metadata").tables
    classes = [mapper.class_ for mapper in registry.mappers]
    return {inspect(each).local_table.name: each for each in classes if lifecycle.table(each)}


def steps_of(model: type[SQLModel]) -> Steps:
    """From which state to which a partner's step takes a record, of which side it is, and whom it takes beside."""
    return {
        (f"{source}>{target}", model.sides[grant.side], tuple(sorted(row.needs.independent_of)))  # type: ignore[attr-defined]
        for row in lifecycle.table(model)
        for grant in row.needs.grants
        if grant.side != Side.sponsor
        for source in row.source
        for target in row.targets[source]
    }
