"""Changes of a guarded table that has rows. Called from migrations, and drafted by ``make migration``."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def unseen(table: str, statement: str) -> None:
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
