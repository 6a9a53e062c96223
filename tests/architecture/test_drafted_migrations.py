"""``make migration`` drafts a migration that runs on a database with rows: tried in a copy of this checkout."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from installation import migrate
from runtime.settings import Settings
from tests.architecture.checkouts import run
from tests.whole import only_whole

FOLDER = "services/cold_chain"
# Of the copy's packages: bring a database up to date, and say how models, migrations and database differ.
UPGRADE = """
import sys, pathlib, cold_chain.main
from installation import migrate
migrate.apply(pathlib.Path("services/cold_chain/migrations"), sys.argv[1])
"""
CHECK = UPGRADE.replace("migrate.apply", "migrate.check")
ITEM = """
INSERT INTO item (id, version, created_at, updated_at, number, title, partner_id, state, outcome, parties)
VALUES ($1, 1, now(), now(), 'IT-1', 'Send the page', $2, 'open', NULL, ARRAY[$2::uuid])
"""
CHANGED = {
    "    title: str\n": """    heading: str
    place: str = "the maker's"
    degrees: int = 5
    alarms: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    limits: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    read_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True), index=True)
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    follows_id: UUID | None = Field(default=None, foreign_key="item.id", unique=True)
""",
    "    outcome: str | None = None\n": '    outcome: str = "none yet"\n',
    '    __tablename__ = "item"\n': """    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("place", "number"),
        CheckConstraint("degrees < 100", name="item_is_cold"),
        Index("item_of_partner", "partner_id", postgresql_where=text("state = 'open'")),
    )
""",
    "from sqlalchemy import Uuid\n": """from datetime import datetime
from sqlalchemy import CheckConstraint, DateTime, Index, UniqueConstraint, Uuid, text
""",
    "dialects.postgresql import ARRAY\n": "dialects.postgresql import ARRAY, JSONB\n",
}
NEW = '''


class Visit(Versioned, Table, table=True):
    """Of two organisations."""

    number: str = Field(unique=True)
    grade: str = Field(index=True)
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    __table_args__ = (CheckConstraint("grade <> ''", name="visit_is_graded"),)


class Remark(Versioned, Table, table=True):
    """Part of an item."""

    item_id: UUID = Field(foreign_key="item.id")


class Setting(Versioned, Table, table=True):
    """The sponsor's alone."""


class Known(Table, table=True):
    """A copy."""

    id: UUID = Field(primary_key=True)
'''


@pytest.fixture
def changed(checkout: Path) -> Iterator[Path]:
    """The copy with other models; they and their migrations are again as they were when the test is over."""
    model = checkout / FOLDER / "src/cold_chain/items/model.py"
    before, versions = model.read_text(), checkout / FOLDER / "migrations/versions"
    text = before
    for old, new in CHANGED.items():
        assert old in text
        text = text.replace(old, new, 1)
    model.write_text(text + NEW)
    yield checkout
    model.write_text(before)
    for path in versions.glob("000[2-9]*.py"):
        path.unlink()


def drafted(checkout: Path, about: str) -> Path:
    """The file of a new draft."""
    done = run(checkout, "scripts/migration.py", "cold-chain", about)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = re.findall(rf"^{FOLDER}/\S+", done.stdout, re.MULTILINE)
    return checkout / str(file)


def upgraded(checkout: Path, admin: str) -> str:
    """What an upgrade complains of."""
    return run(checkout, "-c", UPGRADE, admin).stderr


def difference(checkout: Path, admin: str) -> str:
    """How models, migrations and the database differ, once it is written down what the migrations make."""
    written = run(checkout, "scripts/schema.py", "cold-chain")
    assert written.returncode == 0, written.stderr
    return run(checkout, "-c", CHECK, admin).stderr


def test_where_nothing_differs_nothing_is_written(checkout: Path) -> None:
    done = run(checkout, "scripts/migration.py", "cold-chain", "Nothing")
    assert (done.returncode, "nothing to write" in done.stdout) == (1, True), done.stderr
    assert run(checkout, "scripts/migration.py", "nowhere", "x").returncode == 2


@only_whole
@pytest.mark.timeout(400)
async def test_a_draft_runs_on_a_database_with_rows(changed: Path, settings: Settings, postgres_dsn: str) -> None:
    url = f"{settings.database_url.rsplit('/', 1)[0]}/d{uuid4().hex[:8]}_{{service}}"
    own = settings.model_copy(update={"database_url": url})
    await migrate.provision(postgres_dsn, own, "cold_chain")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("cold_chain"))
    draft = drafted(changed, "Cold items")
    text = draft.read_text()
    assert text.count('changes.guard_dates("item")') == 1
    draft.rename(draft.with_suffix(".later"))
    assert upgraded(changed, admin) == ""
    draft.with_suffix(".later").rename(draft)
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute("SELECT set_config('entente.actor', 'ana', false)")
        await connection.execute(ITEM, uuid4(), uuid4())
        audited = await connection.fetchval("SELECT count(*) FROM audit")

        assert "say what item.heading holds in the rows that are there" in upgraded(changed, admin)
        draft.write_text(re.sub(r'("heading".*?)value=None,', r'\1value="title",', text, count=1, flags=re.DOTALL))
        assert upgraded(changed, admin) == ""
        (row,) = map(dict, await connection.fetch("SELECT * FROM item"))
        filled = {name: row[name] for name in ("heading", "place", "degrees", "alarms", "outcome", "read_at")}
        assert filled == {
            "heading": "Send the page",
            "place": "the maker's",
            "degrees": 5,
            "alarms": [],
            "outcome": "none yet",
            "read_at": None,
        }
        assert (json.loads(row["limits"]), "title" in row) == ({}, False)
        assert await connection.fetchval("SELECT count(*) FROM audit") == audited, "nobody made this change"
    finally:
        await connection.close()
    assert difference(changed, admin) == ""
    lines = (changed / FOLDER / "migrations/schema.txt").read_text()
    for held in ("item_is_cold", "read_at_is_finite", "ix_item_read_at", "UNIQUE (place, number)", "visit_is_graded"):
        assert held in lines
    for table in ("visit", "remark", "setting", "known"):
        assert f"table {table}: row security t, forced t" in lines
    assert "policy remark.party: PERMISSIVE for SELECT to svc_partner using" in lines
    assert "policy setting.party" not in lines
    assert "sequence visit_number" in lines
    for table in ("visit", "remark", "setting"):
        assert f"trigger CREATE TRIGGER write_audit_update AFTER UPDATE ON public.{table}" in lines

    model = changed / FOLDER / "src/cold_chain/items/model.py"
    less = model.read_text().split("\n\nclass Visit")[0]
    model.write_text(less.replace('"item_of_partner", "partner_id"', '"item_of_partner", "partner_id", "number"'))
    assert 'changes.drop_record("visit")' in drafted(changed, "Less").read_text()
    assert upgraded(changed, admin) == difference(changed, admin) == ""
