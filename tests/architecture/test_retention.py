"""Each table says how long it is kept, and what is a record no login can delete: the database refuses it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.databases import packages
from cli.retention.kept import BOUNDS, EVERYWHERE, classes, kept
from installation.schema import PLUMBING, golden

ROOT = Path(__file__).parents[2]
TABLE = re.compile(r"^table (\w+): ")
AUDITED = re.compile(r"write_audit_delete AFTER DELETE ON public\.(\w+) ")
DELETED_BY = re.compile(r"^grant on table (\w+): (?:\w+, )*(?:DELETE|TRUNCATE)\b.* to (\w+)$")
WORKER = "svc_worker"


def lines(service: str) -> list[str]:
    if service == EVERYWHERE:
        return PLUMBING.read_text().splitlines()
    return golden(ROOT / "services" / service / "migrations").read_text().splitlines()


def tables(service: str) -> Iterator[tuple[str, str, set[str]]]:
    """Each table, how long it is kept, and who may delete of it."""
    said = lines(service)
    audited = {found[1] for line in said if (found := AUDITED.search(line))}
    deleted_by = [(found[1], found[2]) for line in said if (found := DELETED_BY.match(line))]
    for name in (found[1] for line in said if (found := TABLE.match(line))):
        yield name, kept(service, name, name in audited), {who for table, who in deleted_by if table == name}


@pytest.mark.parametrize("service", [EVERYWHERE, *packages()])
def test_every_table_says_how_long_it_is_kept(service: str) -> None:
    found = {name: how for name, how, _ in tables(service)}
    assert found
    assert [name for name, how in found.items() if not how] == [], "name it in cli/src/cli/retention/tables.toml"
    named = {name for owned in classes().values() for name in owned.get(service, ())}
    assert named - found.keys() <= {"alembic_version"}, "named, and not there"


@pytest.mark.parametrize("service", [EVERYWHERE, *packages()])
def test_no_login_deletes_a_record_and_none_but_the_worker_anything(service: str) -> None:
    for name, how, who in tables(service):
        assert who <= (set() if how in ("record", "place") else {WORKER}), name


def test_what_is_bounded_has_a_bound() -> None:
    assert {name for owned in classes()["bounded"].values() for name in owned} == BOUNDS.keys()
