"""Laboratories that are no parties to a transfer learn of a method transfer of theirs whether that has ended."""

from alembic import op
from installation import tables
from installation.tables import TENANT

revision = "0066"
down_revision = "0065"

END = f"""
CREATE FUNCTION end_of_method_transfer(asked uuid) RETURNS varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT transfer.state FROM method_transfer AS one JOIN transfer ON transfer.id = one.transfer_id
    WHERE one.id = asked AND transfer.state IN ('closed', 'cancelled')
    AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (one.parties))
$$
"""


def upgrade() -> None:
    op.execute(END)
    op.execute("REVOKE EXECUTE ON FUNCTION end_of_method_transfer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION end_of_method_transfer TO {', '.join(tables.ROLES)}")
