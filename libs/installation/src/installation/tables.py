"""How a domain table is put under the guard of the tables and functions that every service's database has.

Called from migrations only. Roles: ``svc_sponsor`` and ``svc_worker`` see every row; ``svc_partner`` sees a record
when ``party`` says that its organisation is one of the record's parties.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

ROLES = ("svc_sponsor", "svc_partner", "svc_worker")

# OFFSET 0 in the policies below keeps the question per row: otherwise PostgreSQL reads all that the partner is a party
# to into a hash before the first row of a list comes. Lists are driven from party: see runtime.paging.
TENANT = "(SELECT nullif(current_setting('entente.tenant', true), '')::uuid)"


def versioned() -> list[sa.Column[Any]]:
    """The columns of every record: see runtime.work.Versioned."""
    instant = sa.DateTime(timezone=True)
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
    ]


def _guard(table: str, changes: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, {changes} ON {table} TO svc_sponsor, svc_worker")
    op.execute(f"CREATE POLICY everyone ON {table} TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")


def audited(table: str) -> None:
    """Every change of the table writes who, when, old, new and why."""
    for operation in ("INSERT", "UPDATE", "DELETE"):
        _trigger(table, "write_audit", operation)


def _trigger(table: str, function: str, operation: str) -> None:
    seen = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    rows = seen.get(operation, "OLD TABLE AS old_rows NEW TABLE AS new_rows")
    op.execute(
        f"CREATE TRIGGER {function}_{operation.lower()} AFTER {operation} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def root_record(table: str) -> None:
    """Guard a table of root records, which have ``id`` and ``parties uuid[]``: policies, audit, party rows."""
    _guard(table, "INSERT, UPDATE")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO svc_partner")
    op.execute(
        f"CREATE POLICY party ON {table} TO svc_partner USING (EXISTS (SELECT FROM party "
        f"WHERE record_id = {table}.id AND organisation_id = {TENANT} OFFSET 0)) WITH CHECK ({TENANT} = ANY (parties))"
    )
    for operation in ("INSERT", "UPDATE"):
        _trigger(table, "sync_party", operation)
    audited(table)


def child_record(table: str, root: str) -> None:
    """Guard a table whose column ``root`` names its root record: seen by whoever sees the root."""
    _guard(table, "INSERT, UPDATE")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO svc_partner")
    op.execute(
        f"CREATE POLICY party ON {table} TO svc_partner USING (EXISTS (SELECT FROM party "
        f"WHERE record_id = {table}.{root} AND organisation_id = {TENANT} OFFSET 0))"
    )
    audited(table)


def sponsor_record(table: str) -> None:
    """Guard a table that is the sponsor's alone: no partner sees a row of it."""
    _guard(table, "INSERT, UPDATE")
    audited(table)


def projection(table: str, *, partner_column: str | None = None, partners_read_all: bool = False) -> None:
    """Guard a table that the service's own consumers build from facts: only the worker writes it.

    A partner reads the rows that name it in ``partner_column``, or all, or none.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO svc_worker")
    op.execute(f"GRANT SELECT ON {table} TO svc_sponsor")
    op.execute(f"CREATE POLICY everyone ON {table} TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")
    if partner_column or partners_read_all:
        op.execute(f"GRANT SELECT ON {table} TO svc_partner")
        rule = "true" if partners_read_all else f"{partner_column} = {TENANT}"
        op.execute(f"CREATE POLICY party ON {table} FOR SELECT TO svc_partner USING ({rule})")


def numbers(sequence: str) -> None:
    """A sequence for the numbers that people use, such as DEV-2026-00042."""
    op.execute(f"CREATE SEQUENCE {sequence}")
    op.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {', '.join(ROLES)}")
