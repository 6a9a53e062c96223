"""How long each table keeps its rows: read from ``tables.toml``, and held against what the databases hold."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from cli.failures import Failure
from contracts import clock
from runtime.handled import LATEST_ARRIVAL
from runtime.idempotency import KEPT_DAYS

EVERYWHERE = "plumbing"
_A_DAY = timedelta(days=1)
BOUNDS = {
    "idempotency": ("answered_at", timedelta(days=KEPT_DAYS) + _A_DAY),
    # Below the floor, which follows 90 days behind what was read to its end, and that is looked at once an hour.
    "inbox": ("recorded_at", LATEST_ARRIVAL + 14 * _A_DAY),
}
"""By table the column of a row's age, and the age at which it is gone, with time for the timer that deletes it."""
_TABLES = """
SELECT relname AS name, pg_total_relation_size(pg_class.oid) AS bytes,
       greatest(reltuples, 0)::bigint AS about_rows,
       EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'write_audit_delete') AS audited
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one service."""

    service: str
    name: str
    kept: str
    """A class of ``tables.toml``; nothing where no line names it."""
    bytes: int
    about_rows: int
    """As its statistics say: counting would read it."""
    oldest: datetime | None = None
    """The oldest row of a bounded table."""
    overdue: bool = False
    """Whether that should have gone by now."""

    def as_json(self) -> dict[str, Any]:
        """As ``--json`` shows it."""
        return asdict(self)


def classes() -> Mapping[str, Mapping[str, list[str]]]:
    """By class and service the tables that are named."""
    return tomllib.loads((files("cli.retention") / "tables.toml").read_text())


def kept(service: str, table: str, audited: bool) -> str:
    """How long a table of a service is kept; nothing where nobody said."""
    named = (
        name for name, tables in classes().items() for owner in (service, EVERYWHERE) if table in tables.get(owner, ())
    )
    return next(named, "record" if audited else "")


async def look(connection: Any, service: str) -> list[Table]:
    """Every table of a service's database. Raises Failure where one is there that nobody knows."""
    found = list[Table]()
    for name, size, rows, audited in await connection.fetch(_TABLES):
        if not (how := kept(service, name, audited)):
            raise Failure(
                f"{service} has a table {name}, and nothing says how long it is kept", "Is it of this release?"
            )
        oldest, overdue = None, False
        if name in BOUNDS:
            column, most = BOUNDS[name]
            oldest = await connection.fetchval(f"SELECT min({column}) FROM {name}")  # noqa: S608
            overdue = oldest is not None and oldest < clock.now() - most
        found.append(Table(service, name, how, size, rows, oldest, overdue))
    return found
