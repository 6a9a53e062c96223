"""The KPIs of unjudged results and of contradicted records."""

import sqlalchemy as sa
from alembic import op
from kpi.definitions import shipped

revision = "0007"
down_revision = "0006"

CODES = ("unjudged_results", "contradicted_records")


def upgrade() -> None:
    """A new installation has it from its first migration on."""
    op.execute("SELECT set_config('entente.actor', 'migration:kpi:0007', true)")
    for table, rows in zip(("kpi_definition", "kpi_target"), shipped.rows(), strict=True):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for row in rows:
            given = row | {"version": 1, "created_at": sa.func.now(), "updated_at": sa.func.now()}
            columns = [sa.column(name) for name in given]
            known = sa.select(sa.column("code")).select_from(sa.table(table)).where(sa.column("code") == row["code"])
            values = sa.select(*(sa.literal(value) if name in row else value for name, value in given.items()))
            if row["code"] in CODES:
                op.execute(sa.table(table, *columns).insert().from_select(list(given), values.where(~known.exists())))
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
