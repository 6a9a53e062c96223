"""How the records of a table come to say whose turn it is: see runtime.turns. Called from migrations."""

from collections.abc import Mapping

from alembic import op

from installation import changes
from installation.tables import WAITING


def add_turns(table: str, turns: Mapping[str, tuple[str, str | None]]) -> None:
    """Add the columns that say whose turn it is, and since when: see runtime.turns.

    For records that are there already ``turns`` names by state who owes the next step, and the column with the
    partner, if it is one. Since when is not known of them: it is said to be since their last change.
    """
    for name, kind in zip(WAITING, ("varchar", "uuid", "timestamptz"), strict=True):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    if not turns:
        return
    sides = " ".join(f"WHEN '{state}' THEN '{side}'" for state, (side, _) in turns.items())
    partners = " ".join(f"WHEN '{state}' THEN {partner or 'NULL'}" for state, (_, partner) in turns.items())
    states = ", ".join(f"'{state}'" for state in turns)
    changes.unseen(
        table,
        f"UPDATE {table} SET awaited_side = CASE state {sides} END, awaited_since = updated_at, "  # noqa: S608
        f"awaited_partner_id = (CASE state {partners} END)::uuid WHERE state IN ({states})",
    )
