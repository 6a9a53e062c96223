"""What a drafted migration says beside what Alembic finds: guards, rows that are there, and what goes for good."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlmodel import SQLModel

IMPORTS = """import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from sqlalchemy.dialects import postgresql
"""
"""What a draft may need."""
GOES = "# This goes for good, with what it held. A guard that names it is to be made anew: see installation.tables."
_UNKNOWN = "None,  # an SQL expression: what it is in the rows that are there\n"
_DROPS = (ops.DropTableOp, ops.DropColumnOp)


class Line(ops.MigrateOperation):
    """A call of ours, or a comment, as it stands in the migration."""

    def __init__(self, text: str) -> None:
        self.text = text


class AddRequiredOp(ops.MigrateOperation):
    """A column that is never null, for a table that may have rows."""

    def __init__(self, add: ops.AddColumnOp) -> None:
        self.add = add


@renderers.dispatch_for(Line)
def _line(_: AutogenContext, line: Line) -> str:
    return line.text


@renderers.dispatch_for(AddRequiredOp)
def _add_required(context: AutogenContext, required: AddRequiredOp) -> str:
    add = str(renderers.dispatch(required.add)(context, required.add))
    add = add.replace("op.add_column(", "changes.add_required(", 1).removesuffix(")")
    return f"{add}, value={_value_of(required.add.column)})"


def complete(found: Iterable[ops.MigrateOperation], metadata: sa.MetaData) -> list[ops.MigrateOperation]:
    """What a draft does, from what Alembic found: what comes, with its guards, and then what goes."""
    flat = [each for one in found for each in (one.ops if isinstance(one, ops.ModifyTableOps) else [one])]
    come = [each for one in flat if not isinstance(one, _DROPS) for each in _coming(one, metadata)]
    # A table with two new dates is guarded once.
    guards = [Line(guard) for guard in dict.fromkeys(guard for one in flat for guard in _guards(one, metadata))]
    go = [_going(one) for one in flat if isinstance(one, _DROPS)]
    return [*come, *guards, *([Line(GOES)] if go else []), *go]


def _coming(found: Any, metadata: sa.MetaData) -> Iterator[ops.MigrateOperation]:
    """A change in a form that holds with rows that are there."""
    if isinstance(found, ops.AddColumnOp) and not found.column.nullable and found.column.server_default is None:
        yield AddRequiredOp(found)
        return
    if isinstance(found, ops.AlterColumnOp) and found.modify_nullable is False:
        table, column = found.table_name, found.column_name
        value = _value_of(metadata.tables[table].c[column])
        yield Line(f'changes.require("{table}", "{column}", value={value})')
        found.modify_nullable = None
        if not found.has_changes():
            return
    yield found


def _guards(found: Any, metadata: sa.MetaData) -> Iterator[str]:
    """The calls that put under guard what is new."""
    if isinstance(found, ops.AddColumnOp) and isinstance(found.column.type, sa.DateTime | sa.Date):
        yield f'changes.guard_dates("{found.table_name}")'
    if not isinstance(found, ops.CreateTableOp):
        return
    name, columns = found.table_name, metadata.tables[found.table_name].c
    root = next(_roots(columns), None)
    if "parties" in columns:
        yield f'tables.root_record("{name}")'
    elif root is not None:
        yield f'tables.child_record("{name}", "{root.parent.name}", of="{root.column.table.name}")'
    else:
        yield f'tables.{"sponsor_record" if "version" in columns else "projection"}("{name}")'
    if "number" in columns and columns["number"].unique:
        yield f'tables.numbers("{name}_number")'


def _roots(columns: Iterable[sa.Column[Any]]) -> Iterator[sa.ForeignKey]:
    """The keys of root records that a row names; one that it must name comes first."""
    named = sorted(columns, key=lambda column: bool(column.nullable))
    return (key for column in named for key in column.foreign_keys if "parties" in key.column.table.c)


def _going(found: Any) -> ops.MigrateOperation:
    return Line(f'changes.drop_record("{found.table_name}")') if isinstance(found, ops.DropTableOp) else found


def _value_of(column: sa.Column[Any]) -> str:
    """The SQL of what a model gives a column where nobody says more, as it stands in the migration."""
    model = next((one for one in _models(SQLModel) if getattr(one, "__table__", None) is column.table), None)
    field = model.model_fields.get(column.key) if model else None
    default = field.default_factory() if field and field.default_factory in (list, dict) else field and field.default
    if isinstance(default, list | dict) and isinstance(column.type, sa.JSON):
        return repr(_quoted(json.dumps(default)))
    if default == [] and isinstance(column.type, sa.ARRAY):
        return repr("'{}'")
    if isinstance(default, str):
        return repr(_quoted(default))
    return repr(str(default).lower()) if isinstance(default, bool | int | float | Decimal) else _UNKNOWN


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _models(base: type[SQLModel]) -> Iterator[type[SQLModel]]:
    for one in base.__subclasses__():
        yield one
        yield from _models(one)
