"""The second version of the formulas in which a test or a lot could count twice."""

import sqlalchemy as sa
from alembic import op
from kpi.definitions import shipped

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """A new installation has them from its first migration on.

    Where the installation has a second version of its own, that stays, and is the newest.
    """
    op.execute("SELECT set_config('entente.actor', 'migration:kpi:0009', true)")
    op.execute("ALTER TABLE kpi_definition NO FORCE ROW LEVEL SECURITY")
    for row in shipped.rows()[0]:
        if row["formula_version"] == 2:
            given = row | {"version": 1, "created_at": sa.func.now(), "updated_at": sa.func.now()}
            table = sa.table("kpi_definition", *(sa.column(name) for name in given))
            same = sa.and_(*(table.c[name] == row[name] for name in ("code", "formula_version")))
            values = sa.select(*(sa.literal(value) if name in row else value for name, value in given.items()))
            known = sa.select(sa.literal(1)).select_from(table).where(same)
            op.execute(table.insert().from_select(list(given), values.where(~known.exists())))
    op.execute("ALTER TABLE kpi_definition FORCE ROW LEVEL SECURITY")
