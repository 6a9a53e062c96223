"""Changes of a guarded table that has rows. Called from migrations, and drafted by ``make migration``."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from installation import tables
from installation.tables import Step

_STEPS: Final = """
SELECT convert_from(rtrim(tgargs, '\\x00'), 'UTF8') FROM pg_trigger
WHERE tgrelid = $1::text::regclass AND tgname = 'partner_steps'
"""
_INSERTS: Final = """
SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy
WHERE polrelid = $1::text::regclass AND polname = 'partner_inserts'
"""
_FILLED: Final = re.compile(r"(?<=- ARRAY\[)(?=')")
"""Behind the first bracket of what partners fill in a row of their own: see ``tables.Begin``."""


def unseen(table: str, statement: str | sa.TextClause) -> None:
    """Change rows of a guarded table, which is nobody's change: audit and versions say nothing of it.

    The owner, too, is held by the policies, and steps over them for this alone.
    """
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")


def add_required(table: str, column: sa.Column[Any], *, value: str | None) -> None:
    """Add a column that is never null. ``value``, an SQL expression, is what it holds in the rows that are there.

    Raises ValueError where nobody has said it.
    """
    column.nullable = True
    op.add_column(table, column)
    require(table, column.name, value=value)


def require(table: str, column: str, *, value: str | None) -> None:
    """Let a column be null no more; rows where it is get ``value``, as in ``add_required``."""
    if value is None:
        raise ValueError(f"say what {table}.{column} holds in the rows that are there: value, an SQL expression")
    unseen(table, f"UPDATE {table} SET {column} = {value} WHERE {column} IS NULL")  # noqa: S608
    op.alter_column(table, column, nullable=False)


def guard_dates(table: str) -> None:
    """Refuse infinity in the dates and instants that a guarded table has by now."""
    op.execute(f"SELECT require_finite('{table}')")


def drop_record(table: str) -> None:
    """Drop a table of records with their parties. What was audited of them stays."""
    op.execute(f"DELETE FROM party WHERE table_name = '{table}'")  # noqa: S608
    op.drop_table(table)


def rewrite(function: str, *changed: tuple[str, str]) -> None:
    """Let a function, as ``dossier(uuid)``, have other words for some of its parts.

    Raises ValueError where a part does not stand there once.
    """
    text = _told("SELECT pg_get_functiondef($1::text::regprocedure)", function)
    op.get_bind().exec_driver_sql(_with(text, function, changed))


def rewrite_inserts(table: str, *changed: tuple[str, str]) -> None:
    """Let what holds the rows that partners make in a table have other words for some of its parts.

    These are written as PostgreSQL writes them, on one line. Raises ValueError where a part does not stand there once.
    """
    check = " ".join(_told(_INSERTS, table).split())
    op.execute(f"ALTER POLICY partner_inserts ON {table} WITH CHECK ({_with(check, table, changed)})")


def change_steps(table: str, changed: Callable[[Step], Step]) -> None:
    """Let partners take some of a table's steps in another way; the columns that they may write stay."""
    tables.let_step(table, [changed(Step(**each)) for each in json.loads(_told(_STEPS, table))])


def add_steps(table: str, *steps: Step) -> None:
    """Let partners take further steps with a table's records, of columns that they write in others already."""
    tables.let_step(table, [*(Step(**each) for each in json.loads(_told(_STEPS, table))), *steps])


def fill_too(table: str, *columns: str) -> None:
    """Let the rows that partners make in a table fill these columns as well."""
    named = "".join(f"'{column}', " for column in columns)
    check, count = _FILLED.subn(named, _told(_INSERTS, table))
    if count != 1:
        raise ValueError(f"{table}: partners make no rows of it whose columns are named")
    op.execute(f"ALTER POLICY partner_inserts ON {table} WITH CHECK ({check})")


def _with(text: str, name: str, changed: Iterable[tuple[str, str]]) -> str:
    for before, after in changed:
        if text.count(before) != 1:
            raise ValueError(f"{name}: {text.count(before)} times instead of once: {before}")
        text = text.replace(before, after)
    return text


def _told(query: str, name: str) -> str:
    """What the catalogue says of a table or a function."""
    found: str = op.get_bind().exec_driver_sql(query, (name,)).scalar_one()
    return found
