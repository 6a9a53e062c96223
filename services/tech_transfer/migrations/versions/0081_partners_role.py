"""What partners' own role may no more: read the sponsor's rows, note what blocks, and open actions of others' transfers.

That a partner changed something is kept, and the worker notes what blocks since then: see timeline.delays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"

NO_ROW_OF_THE_SPONSORS = """
DO $$
DECLARE
    before text := pg_get_functiondef('of_transfer'::regproc);
    after text := replace(replace(before,
        'WHERE transfer_id = $1 ORDER', 'WHERE transfer_id = $1 AND ($2 OR to_jsonb(one) -> ''''parties'''' IS DISTINCT FROM ''''[]'''') ORDER'),
        'USING asked', 'USING asked, current_setting(''role'') <> ''svc_partner''');
BEGIN
    ASSERT after LIKE '%$2 OR%' AND after LIKE '%asked, current%';
    EXECUTE after;
END $$
"""
NOTED_BY_THE_WORKER = """
DO $$
DECLARE
    before text := pg_get_functiondef('note_blocking'::regproc);
    after text := replace(replace(before, 'THEN RETURN; END IF;', $added$THEN RETURN; END IF;
    IF current_setting('role') = 'svc_partner' THEN
        INSERT INTO followed_transfer (id, followed_at, delay_told, changed_at) VALUES (asked, 'epoch', 0, now())
        ON CONFLICT (id) DO UPDATE SET followed_at = 'epoch', changed_at = coalesce(followed_transfer.changed_at, now());
        RETURN;
    END IF;
    at := least(at, (SELECT changed_at FROM followed_transfer WHERE id = asked));
    UPDATE followed_transfer SET changed_at = NULL WHERE id = asked AND changed_at IS NOT NULL;$added$),
        'SET until = at ', 'SET until = greatest(at, old.noted_at) ');
BEGIN
    ASSERT after LIKE '%followed_transfer%' AND after LIKE '%greatest(at%';
    EXECUTE after;
END $$
"""
CHECKED = "SELECT with_check FROM pg_policies WHERE tablename = 'transfer_action' AND policyname = 'partner_inserts'"
SAME = ("product_id", "sending_site_id", "receiving_site_id", "sending_partner_id", "receiving_partner_id", "parties")
OF_ITS_TRANSFER = f"""
EXISTS (SELECT FROM transfer AS one WHERE one.id = transfer_action.transfer_id
        AND one.number = transfer_action.transfer_number AND one.state NOT IN ('closed', 'cancelled')
        AND {" AND ".join(f"one.{each} IS NOT DISTINCT FROM transfer_action.{each}" for each in SAME)})
"""


def upgrade() -> None:
    op.execute(NO_ROW_OF_THE_SPONSORS)
    op.add_column("followed_transfer", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.execute("SELECT require_finite('followed_transfer')")
    op.execute("CREATE POLICY dossier ON followed_transfer FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(NOTED_BY_THE_WORKER)
    checked = op.get_bind().scalar(sa.text(CHECKED))
    op.execute(f"ALTER POLICY partner_inserts ON transfer_action WITH CHECK ({checked} AND {OF_ITS_TRANSFER})")
