"""Many records in one statement, for hot paths. The rows travel as one JSON document of the table's own row type."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import class_mapper
from sqlmodel import SQLModel

from runtime.work import Work

Record = TypeVar("Record", bound=SQLModel)
Row = Mapping[str, Any]


def columns_of(model: type[SQLModel]) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]


def instance(model: type[Record], values: Row) -> Record:
    """A record made as the ORM makes one from a row it has read: nothing is validated, no default is worked out.

    SQLModel's own constructor takes ten times as long. ``values`` names every column.
    """
    record: Record = class_mapper(model).class_manager.new_instance()
    record.__dict__.update(values)
    return record


def document(rows: Iterable[Row]) -> str:
    """The rows as a JSON array. Decimals, ids and times are text, which PostgreSQL reads back without loss."""
    return json.dumps(list(rows), default=str)


async def insert(
    work: Work, model: type[SQLModel], rows: Iterable[Row], on_conflict: str, *, give: str = "id"
) -> set[UUID]:
    """Insert rows and give the values of one column of those that were written.

    ``on_conflict`` is the statement's conflict clause. Only for the worker: a partner's policy cannot yet see a row
    that it returns.
    """
    given = list(rows)
    if not given:
        return set()
    table, columns = model.__tablename__, ", ".join(f'"{name}"' for name in columns_of(model))
    written = await work.connection.fetch(
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608
        f"FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) ON CONFLICT {on_conflict} RETURNING {give}",
        document(given),
    )
    return {row[give] for row in written}


async def update(work: Work, model: type[SQLModel], rows: Iterable[Row]) -> None:
    """Write all columns of stored records."""
    given = list(rows)
    if not given:
        return
    table, names = model.__tablename__, columns_of(model)
    columns, values = (", ".join(f'{of}"{name}"' for name in names) for of in ("", "row."))
    await work.connection.execute(
        f"UPDATE {table} SET ({columns}) = ROW ({values}) "  # noqa: S608
        f"FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) AS row WHERE {table}.id = row.id",
        document(given),
    )
