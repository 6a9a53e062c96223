"""How a domain table is put under the guard of the tables and functions that every service's database has.

Called from migrations only, and again whenever a table's guard changes: what was there before is replaced. Roles:
``svc_sponsor`` and ``svc_worker`` see every row; ``svc_partner`` sees a record when ``party`` says that its
organisation is one of the record's parties.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic import op

ROLES = ("svc_sponsor", "svc_partner", "svc_worker")

# OFFSET 0 in the policies below keeps the question per row: otherwise PostgreSQL reads all that the partner is a party
# to into a hash before the first row of a list comes. Lists are driven from party: see serving.paging.
TENANT = "(SELECT nullif(current_setting('entente.tenant', true), '')::uuid)"


@dataclass(frozen=True, slots=True)
class PartnersWrite:
    """What partners may write in a table, as the database sees it: its own line, whatever the code forgets."""

    sides: Sequence[str]
    """Columns of the root record, one of which must name the partner."""
    inserts: bool = False
    columns: Sequence[str] = ()
    """What may be changed in a row that is there."""
    moves: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """From which state to which, where the table has states; a change that keeps the state is a move to the same."""

    def is_on_a_side(self, row: str) -> str:
        """The condition that the partner is on one of the sides of a root record."""
        return f"{TENANT} IN ({', '.join(f'{row}.{side}' for side in self.sides)})"


def versioned() -> list[sa.Column[Any]]:
    """The columns of every record: see runtime.work.Versioned."""
    instant = sa.DateTime(timezone=True)
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
    ]


def is_party(table: str, id: str) -> str:
    """The condition that the partner is a party to the record of that table whose id an expression gives."""
    return (
        f"EXISTS (SELECT FROM party WHERE table_name = '{table}' AND record_id = {id} "
        f"AND organisation_id = {TENANT} OFFSET 0)"
    )


def root_record(table: str, partners: PartnersWrite | None = None) -> None:
    """Guard a table of root records, which have ``id`` and ``parties uuid[]``: policies, audit, party rows."""
    _guard(table, "INSERT, UPDATE")
    _read_by_parties(table, is_party(table, f"{table}.id"))
    if partners:
        on_a_side = partners.is_on_a_side(table)
        _write_by_partners(table, partners, is_party(table, f"{table}.id"), f"{on_a_side} AND {TENANT} = ANY (parties)")
    for operation in ("INSERT", "UPDATE"):
        _trigger(table, "sync_party", operation)
    audited(table)
    # The owner, too, is held by the policies, and by none of them: it steps over them for this alone.
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"INSERT INTO party (table_name, record_id, organisation_id) SELECT '{table}', id, unnest(parties) "  # noqa: S608
        f"FROM {table} ON CONFLICT DO NOTHING"
    )
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def child_record(table: str, column: str, *, of: str, partners: PartnersWrite | None = None) -> None:
    """Guard a table whose ``column`` names its root record in the table ``of``: seen by whoever sees the root."""
    _guard(table, "INSERT, UPDATE")
    seen = is_party(of, f"{table}.{column}")
    _read_by_parties(table, seen)
    if partners:
        on_a_side = f"EXISTS (SELECT FROM {of} AS root WHERE root.id = {column} AND {partners.is_on_a_side('root')})"
        _write_by_partners(table, partners, seen, on_a_side)
    audited(table, of, column)
    op.execute(
        f"UPDATE audit SET root_table = '{of}', root_id = (coalesce(new, old) ->> '{column}')::uuid "  # noqa: S608
        f"WHERE table_name = '{table}' AND root_table = '{table}'"
    )


def sponsor_record(table: str) -> None:
    """Guard a table that is the sponsor's alone: no partner sees a row of it."""
    _guard(table, "INSERT, UPDATE")
    audited(table)


def projection(table: str, *, partner_column: str | None = None, seen_by_partners: str | None = None) -> None:
    """Guard a table that the service's own consumers build from facts: only the worker writes it.

    A partner reads the rows that name it in ``partner_column``, or for which a condition holds, or none.
    """
    _guard(table, "INSERT, UPDATE, DELETE", writers=("svc_worker",))
    rule = f"{partner_column} = {TENANT}" if partner_column else seen_by_partners
    if rule:
        _read_by_parties(table, rule)


def audited(table: str, root: str = "", column: str = "") -> None:
    """Every change of the table writes who, when, old, new and why; of a child, also to which root it belongs."""
    for operation in ("INSERT", "UPDATE", "DELETE"):
        _trigger(table, "write_audit", operation, f"'{root}', '{column}'" if root else "")


def numbers(sequence: str) -> None:
    """A sequence for the numbers that people use, such as DEV-2026-48151: see ``next_number`` in the plumbing."""
    op.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
    op.execute(f"REVOKE ALL ON SEQUENCE {sequence} FROM {', '.join(ROLES)}")
    # Numbers of an earlier release were counted up: the scattered ones begin behind them, with a digit more.
    behind = f"SELECT setval('{sequence}', 100000) FROM {sequence} WHERE is_called AND last_value < 100000"  # noqa: S608
    op.execute(behind)


def _guard(table: str, changes: str, writers: Sequence[str] = ("svc_sponsor", "svc_worker")) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for policy in ("everyone", "party", "partner_inserts", "partner_updates"):
        op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute(f"REVOKE ALL ON {table} FROM {', '.join(ROLES)}")
    op.execute(f"GRANT SELECT ON {table} TO svc_sponsor, svc_worker")
    op.execute(f"GRANT {changes} ON {table} TO {', '.join(writers)}")
    op.execute(f"CREATE POLICY everyone ON {table} TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")
    op.execute(f"SELECT require_finite('{table}')")


def _read_by_parties(table: str, rule: str) -> None:
    op.execute(f"GRANT SELECT ON {table} TO svc_partner")
    op.execute(f"CREATE POLICY party ON {table} FOR SELECT TO svc_partner USING ({rule})")


def _write_by_partners(table: str, partners: PartnersWrite, seen: str, on_a_side: str) -> None:
    if partners.inserts:
        op.execute(f"GRANT INSERT ON {table} TO svc_partner")
        op.execute(f"CREATE POLICY partner_inserts ON {table} FOR INSERT TO svc_partner WITH CHECK ({on_a_side})")
    if partners.columns:
        op.execute(f"GRANT UPDATE ({', '.join(partners.columns)}) ON {table} TO svc_partner")
        # Who only sees a record may lock it: that it is not for them is the command's answer.
        op.execute(
            f"CREATE POLICY partner_updates ON {table} FOR UPDATE TO svc_partner "
            f"USING ({seen}) WITH CHECK ({on_a_side})"
        )
    if partners.moves:
        moves = ", ".join(f"'{source}>{target}'" for source, targets in partners.moves.items() for target in targets)
        op.execute(f"DROP TRIGGER IF EXISTS partner_moves ON {table}")
        op.execute(
            f"CREATE TRIGGER partner_moves BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (current_user = 'svc_partner') EXECUTE FUNCTION refuse_other_moves({moves})"
        )


def _trigger(table: str, function: str, operation: str, arguments: str = "") -> None:
    seen = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    rows = seen.get(operation, "OLD TABLE AS old_rows NEW TABLE AS new_rows")
    name = f"{function}_{operation.lower()}"
    op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    op.execute(
        f"CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}({arguments})"
    )
