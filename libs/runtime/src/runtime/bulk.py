"""Many records in one statement, for hot paths. The rows travel as one JSON document of the table's own row type."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic_core import to_json
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


async def insert(work: Work, model: type[SQLModel], rows: Iterable[Row], on_conflict: str = "") -> None:
    """Insert rows. A column that a row does not name is null, whatever its default.

    ``on_conflict`` is the statement's clause, such as ``ON CONFLICT DO NOTHING``.
    """
    if given := list(rows):
        await work.connection.execute(_inserting(model, on_conflict), _document(given))


async def insert_giving(
    work: Work, model: type[SQLModel], rows: Iterable[Row], give: str, on_conflict: str = ""
) -> set[Any]:
    """Insert rows and give the values of one column of those that were written.

    Only for the worker: a partner's policy cannot yet see a row that it returns.
    """
    if not (given := list(rows)):
        return set()
    written = await work.connection.fetch(f"{_inserting(model, on_conflict)} RETURNING {give}", _document(given))
    return {row[give] for row in written}


async def update(work: Work, model: type[SQLModel], rows: Iterable[Row]) -> None:
    """Write all columns of stored records."""
    table, names = model.__tablename__, columns_of(model)
    columns, values = (", ".join(f'{of}"{name}"' for name in names) for of in ("", "row."))
    if given := list(rows):
        await work.connection.execute(
            f"UPDATE {table} SET ({columns}) = ROW ({values}) "  # noqa: S608
            f"FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb) AS row WHERE {table}.id = row.id",
            _document(given),
        )


def _inserting(model: type[SQLModel], on_conflict: str) -> str:
    table, columns = model.__tablename__, ", ".join(f'"{name}"' for name in columns_of(model))
    rows = f"jsonb_populate_recordset(NULL::{table}, $1::jsonb)"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows} {on_conflict}"  # noqa: S608


def _document(rows: list[Row]) -> str:
    """The rows as a JSON array. Decimals, ids and times are text, which PostgreSQL reads back without loss."""
    return to_json(rows).decode()
