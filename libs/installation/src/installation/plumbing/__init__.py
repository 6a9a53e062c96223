"""The tables that every service's database has, made in numbered steps before the service's own migrations.

A database made by an earlier release gets the steps that it lacks. A step that has landed is never changed.
"""

from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, text

_NOTED = "CREATE TABLE IF NOT EXISTS plumbing (step int PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())"
# Databases from before the steps were counted have the first one.
_RECOGNIZED = """
INSERT INTO plumbing (step) SELECT 1 WHERE to_regclass('outbox') IS NOT NULL ON CONFLICT DO NOTHING
"""


def steps() -> dict[int, str]:
    """The SQL of each step by its number, in order."""
    scripts = [path for path in files("installation.plumbing").iterdir() if path.name.endswith(".sql")]
    return {int(path.name[:4]): path.read_text() for path in sorted(scripts, key=lambda path: path.name)}


def upgrade(connection: Connection) -> None:
    """Make the steps that are missing, in the transaction that the connection has open."""
    connection.execute(text(_NOTED))
    connection.execute(text(_RECOGNIZED))
    made = set(connection.scalars(text("SELECT step FROM plumbing")))
    for step, script in steps().items():
        if step not in made:
            _run(connection, script)
            connection.execute(text("INSERT INTO plumbing (step) VALUES (:step)"), {"step": step})


def _run(connection: Connection, script: str) -> None:
    # Straight to the driver: a script has many statements, and what is prepared has one.
    adapted: Any = connection.connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(script))
