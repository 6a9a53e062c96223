"""A batch is held by the holds of what it came of, as it is by their deviations."""

from alembic import op

revision = "0021"
down_revision = "0020"

OWN = """batch_hold AS said JOIN one ON said.batch_id = one.id WHERE said.state = 'open'"""
PARENTS = """up JOIN batch_hold AS said ON said.batch_id = up.id WHERE said.state = 'open'"""
SINCE = "said.reason, said.created_at AS since\n"
OF = """said.reason, said.created_at AS since,
           (SELECT number FROM batch WHERE batch.id = up.id AND up.id <> asked) AS parent
"""


def upgrade() -> None:
    _rewrite((OWN, PARENTS), (SINCE, OF))


def downgrade() -> None:
    _rewrite((PARENTS, OWN), (OF, SINCE))


def _rewrite(*changes: tuple[str, str]) -> None:
    """The function with other words for its part about holds. Raises ValueError where they are not found once."""
    text = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('batch_dossier(uuid)'::regprocedure)").scalar_one()
    for before, after in changes:
        head, tail = text.split(before)
        text = head + after + tail
    op.get_bind().exec_driver_sql(text)
