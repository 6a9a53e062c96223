"""What is known of a batch is asked for by one long statement: its plan is kept, and not made anew for each question.

A function in SQL is planned whenever it is called; for this one that took as long as a third of the answer.
"""

from alembic import op

revision = "0082"
down_revision = "0081"

FUNCTION = "SELECT pg_get_functiondef(oid), prosrc FROM pg_proc WHERE oid = 'whole_batch_dossier(uuid)'::regprocedure"


def upgrade() -> None:
    definition, statement = op.get_bind().exec_driver_sql(FUNCTION).one()
    planned = f"\n#variable_conflict use_column\nBEGIN RETURN (\n{statement.strip().rstrip(';')}\n); END "
    if definition.count("LANGUAGE sql") != 1 or definition.count(statement) != 1:
        raise ValueError(f"whole_batch_dossier is written otherwise: {definition}")
    kept = definition.replace("LANGUAGE sql", "LANGUAGE plpgsql").replace(statement, planned)
    op.get_bind().exec_driver_sql(kept)
