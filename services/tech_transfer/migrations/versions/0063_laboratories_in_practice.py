"""When the sending laboratory last ran the method: part of what is frozen with the protocol."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

KEPT_AS_WELL = """
DO $$
DECLARE
    before text := pg_get_functiondef('keep_frozen_protocol'::regproc);
    after text := replace(replace(before,
        $kept$to_jsonb(OLD) -> 'criteria'$kept$,
        $kept$to_jsonb(OLD) -> 'criteria', to_jsonb(OLD) -> 'sending_last_run_on'$kept$),
        $asked$to_jsonb(NEW) -> 'criteria'$asked$,
        $asked$to_jsonb(NEW) -> 'criteria', to_jsonb(NEW) -> 'sending_last_run_on'$asked$);
BEGIN
    ASSERT before <> after;
    EXECUTE after;
END $$
"""


def upgrade() -> None:
    op.add_column("method_transfer", sa.Column("sending_last_run_on", sa.Date()))
    op.execute(KEPT_AS_WELL)
