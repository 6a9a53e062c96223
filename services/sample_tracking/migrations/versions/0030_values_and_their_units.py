"""A value that its units do not give is flagged, and no point of a trend."""

from alembic import op
from installation import tables

revision = "0030"
down_revision = "0029"

TOLD = "SELECT pg_get_functiondef('traces_of_results(uuid[])'::regprocedure)"
OTHERWISE = "$[*].found.contradicted ? (@ != null)"
CHANGED = {
    "stated_before jsonb)": "stated_before jsonb, contradicted text)",
    "THEN before.said END": f"""THEN before.said END,
        coalesce(jsonb_path_query_first(result.evaluations, '{OTHERWISE}'),
                 jsonb_path_query_first(result.evaluated_against, '{OTHERWISE}')) #>> '{{}}'""",
}


def upgrade() -> None:
    text = op.get_bind().exec_driver_sql(TOLD).scalar_one()
    for before, after in CHANGED.items():
        if text.count(before) != 1:
            raise ValueError(f"traces_of_results: {text.count(before)} times instead of once: {before}")
        text = text.replace(before, after)
    op.execute("DROP FUNCTION traces_of_results")
    op.get_bind().exec_driver_sql(text)
    op.execute("REVOKE EXECUTE ON FUNCTION traces_of_results FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION traces_of_results TO {', '.join(tables.ROLES)}")
