"""How a domain table is put under the guard of the tables and functions that every service's database has.

Called from migrations only, and again whenever a table's guard changes: what was there before is replaced. Roles:
``svc_sponsor`` and ``svc_worker`` see every row; ``svc_partner`` sees a record when ``party`` says that its
organisation is one of the record's parties.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic import op

ROLES = ("svc_sponsor", "svc_partner", "svc_worker")

# OFFSET 0 in the policies below keeps the question per row: otherwise PostgreSQL reads all that the partner is a party
# to into a hash before the first row of a list comes. Lists are driven from party: see serving.paging.
TENANT = "(SELECT nullif(current_setting('entente.tenant', true), '')::uuid)"
ACTOR = "(SELECT nullif(current_setting('entente.actor', true), ''))"
# Those of runtime.turns.Waiting.
WAITING = ("awaited_side", "awaited_partner_id", "awaited_since")
_ALWAYS = ("state", "version", "updated_at")
_PUBLISHED = r"""
SELECT replace(substring(pg_get_constraintdef(oid) FROM $$'(\{.*\})'::jsonb$$), $$''$$, $$'$$)
FROM pg_constraint WHERE conname = 'outbox_own_facts'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What a row is like that a partner makes."""

    fills: Sequence[str]
    """The columns that it fills; each other one is null, or holds what ``otherwise`` says."""
    otherwise: Mapping[str, Any] = field(default_factory=dict)
    parties: Sequence[str] = ()
    """Columns of a root record that name its parties: all of them, and nobody else."""
    check: str = ""
    """A further condition, which names the row's columns with their table; a child's root is ``root``."""

    def holds(self, table: str) -> str:
        """The condition that a row is like that."""
        fills, named = _array([*self.fills, *WAITING]), ", ".join(f"{table}.{column}" for column in self.parties)
        rest = f"jsonb_strip_nulls(to_jsonb({table}) - {fills}) = {_literal(self.otherwise)}::jsonb"
        parties = f"{table}.parties @> ARRAY[{named}] AND {table}.parties <@ ARRAY[{named}]" if named else ""
        return _all(rest, parties, self.check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a partner's transition does to a row. A change that is no step, as a whole, is refused."""

    moves: Sequence[str]
    """From which state to which: ``draft>issued``, and ``draft>draft`` for a step that keeps the state."""
    sides: Sequence[str]
    """Columns of the record, one of which must name the partner."""
    sets: Sequence[str] = ()
    clears: Sequence[str] = ()
    """Columns that are null after it."""
    by: Sequence[str] = ()
    """Columns that name who does it, with all who did it before where it is a list."""
    independent_of: Sequence[str] = ()
    """Columns that name who did what came before, and must be somebody else."""
    when_it_has: Mapping[str, Any] = field(default_factory=dict)
    """What columns hold before it."""
    gives: Mapping[str, Any] = field(default_factory=dict)
    """What columns hold after it."""

    @property
    def columns(self) -> Sequence[str]:
        """Those that it may change."""
        return (*_ALWAYS, *WAITING, *self.sets, *self.clears, *self.by, *self.gives)


@dataclass(frozen=True, slots=True)
class PartnersWrite:
    """What partners may write in a table, as the database sees it: its own line, whatever the code forgets."""

    sides: Sequence[str]
    """Columns of the root record, one of which must name the partner."""
    inserts: Begin | bool = False
    columns: Sequence[str] = ()
    """What may be changed in a row that is there, where it has no states."""
    updates_if: str = ""
    """A condition for that, as in ``Begin.check``."""
    steps: Sequence[Step] = ()
    """The ways in which a record with states may be changed."""
    moves: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of migrations from before there were steps: from which state to which, whichever side and column it is."""

    @property
    def all_steps(self) -> Sequence[Step]:
        """The steps, with what older migrations say as one of them."""
        moves = [f"{source}>{target}" for source, targets in self.moves.items() for target in targets]
        return [*self.steps, Step(moves=moves, sides=self.sides, sets=self.columns)] if moves else self.steps

    @property
    def all_columns(self) -> Sequence[str]:
        """What may be changed, by a step or without one."""
        return list(dict.fromkeys([*self.columns, *(column for step in self.steps for column in step.columns)]))

    def is_on_a_side(self, row: str) -> str:
        """The condition that the partner is on one of the sides of a root record."""
        return f"{TENANT} IN ({', '.join(f'{row}.{side}' for side in self.sides)})"


@dataclass(frozen=True, slots=True)
class Publishes:
    """Facts that partners' commands publish about the records of a table."""

    table: str | None
    """None for facts about whose turn it is, which name the record's table themselves."""
    topic: str
    field: str
    """What in the fact names the record, and is the fact's key unless ``key`` is another."""
    types: Mapping[str, Mapping[str, Any]]
    """Each with what columns of the record hold when it is told."""
    items: str = ""
    """For facts about several records: the property that holds what is told of each, with its ``field``."""
    key: str = ""
    """The key of such facts, as in their contract."""

    def known(self) -> dict[str, list[Any]]:
        """What the database is to know of each type: see ``is_own_fact`` in the plumbing."""
        of_sets = [self.items, self.key] if self.items else []
        return {type: [self.topic, self.field, self.table, has, *of_sets] for type, has in self.types.items()}


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
        seen, theirs = is_party(table, f"{table}.id"), f"{on_a_side} AND {TENANT} = ANY (parties)"
        _write_by_partners(table, partners, seen, lambda condition: _all(theirs, condition))
    for operation in ("INSERT", "UPDATE"):
        _trigger(table, "sync_party", operation)
    audited(table)
    # The owner, too, is held by the policies, and by none of them: it steps over them for this alone.
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    found = f"SELECT '{table}', id, unnest(parties) FROM {table}"  # noqa: S608
    op.execute(f"INSERT INTO party (table_name, record_id, organisation_id) {found} ON CONFLICT DO NOTHING")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def child_record(table: str, column: str, *, of: str, partners: PartnersWrite | None = None) -> None:
    """Guard a table whose ``column`` names its root record in the table ``of``: seen by whoever sees the root."""
    _guard(table, "INSERT, UPDATE")
    seen = is_party(of, f"{table}.{column}")
    _read_by_parties(table, seen)
    if partners:
        theirs = f"root.id = {table}.{column} AND {partners.is_on_a_side('root')}"
        found = f"EXISTS (SELECT FROM {of} AS root WHERE {{}})"
        _write_by_partners(table, partners, seen, lambda condition: found.format(_all(theirs, condition)))
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


def let_step(table: str, steps: Sequence[Step]) -> None:
    """Say which steps partners take with the records of a guarded table: all of them."""
    op.execute(
        f"CREATE OR REPLACE TRIGGER partner_steps BEFORE UPDATE ON {table} FOR EACH ROW WHEN (current_user = "
        f"'svc_partner') EXECUTE FUNCTION refuse_other_steps({_literal([asdict(step) for step in steps])})"
    )


def audited(table: str, root: str = "", column: str = "") -> None:
    """Every change of the table writes who, when, old, new and why; of a child, also to which root it belongs."""
    for operation in ("INSERT", "UPDATE", "DELETE"):
        _trigger(table, "write_audit", operation, f"'{root}', '{column}'" if root else "")


def partners_publish(*facts: Publishes, beside: bool = False) -> None:
    """Say which facts partners' commands publish; they publish no other. Also where they command and publish nothing.

    ``beside``: what an earlier migration says stays, but for a type that is said here. By a constraint and not by
    row-level security: COPY, which bulk writers need, refuses that. What is there already was written under the rule
    of its day.
    """
    known = json.loads(op.get_bind().scalar(sa.text(_PUBLISHED))) if beside else {}
    known |= {type: said for each in facts for type, said in each.known().items()}
    op.execute("GRANT INSERT ON outbox TO svc_partner")
    op.execute("ALTER TABLE outbox DROP CONSTRAINT IF EXISTS outbox_own_facts")
    op.execute(
        "ALTER TABLE outbox ADD CONSTRAINT outbox_own_facts CHECK (current_user <> 'svc_partner' "
        f"OR is_own_fact({_literal(known)}, type, topic, key, sequence, parties, data)) NOT VALID"
    )


def handles_no_more(*types: str) -> None:
    """Let the service's handlers of facts go that its release does not know: it would wait for whoever has them."""
    op.execute(f"UPDATE handled SET registered = false WHERE type = ANY ({_array(types)})")  # noqa: S608


def numbers(sequence: str) -> None:
    """A sequence for the numbers that people use, such as DEV-2026-48151: see ``next_number`` in the plumbing."""
    op.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
    op.execute(f"REVOKE ALL ON SEQUENCE {sequence} FROM {', '.join(ROLES)}")
    # Numbers of an earlier release were counted up: the scattered ones begin behind them, with a digit more.
    behind = f"SELECT setval('{sequence}', 100000) FROM {sequence} WHERE is_called AND last_value < 100000"  # noqa: S608
    op.execute(behind)


def _guard(table: str, changes: str, writers: Sequence[str] = ("svc_sponsor", "svc_worker")) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
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


def _write_by_partners(table: str, partners: PartnersWrite, seen: str, theirs: Callable[[str], str]) -> None:
    """``theirs`` gives the condition that a row is the partner's to write, and that another condition holds."""
    if partners.inserts:
        check = partners.inserts.holds(table) if isinstance(partners.inserts, Begin) else ""
        op.execute(f"GRANT INSERT ON {table} TO svc_partner")
        op.execute(f"CREATE POLICY partner_inserts ON {table} FOR INSERT TO svc_partner WITH CHECK ({theirs(check)})")
    if partners.all_columns:
        op.execute(f"GRANT UPDATE ({', '.join(partners.all_columns)}) ON {table} TO svc_partner")
        # Who only sees a record may lock it: that it is not for them is the command's answer.
        op.execute(
            f"CREATE POLICY partner_updates ON {table} FOR UPDATE TO svc_partner "
            f"USING ({seen}) WITH CHECK ({theirs(partners.updates_if)})"
        )
    if partners.all_steps:
        op.execute(f"DROP TRIGGER IF EXISTS partner_moves ON {table}")
        let_step(table, partners.all_steps)


def _all(*conditions: str) -> str:
    return " AND ".join(f"({condition})" for condition in conditions if condition)


def _literal(value: Any) -> str:
    return "'" + json.dumps(value).replace("'", "''") + "'"


def _array(names: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(map(repr, names))}]"


def _trigger(table: str, function: str, operation: str, arguments: str = "") -> None:
    seen = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    rows = seen.get(operation, "OLD TABLE AS old_rows NEW TABLE AS new_rows")
    name = f"{function}_{operation.lower()}"
    op.execute(
        f"CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}({arguments})"
    )
