"""Transfers, and the copies of partners, sites and products."""

import sqlalchemy as sa
from alembic import op
from directory.migration import add_directory
from installation import tables
from installation.tables import TENANT, PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

GIVEN = {"nullable": False}
TEXTS = postgresql.ARRAY(sa.String())
RECEIVER = ["receiving_partner_id"]
OF_THE_RECEIVER = PartnersWrite(
    sides=RECEIVER,
    steps=[
        Step(
            moves=["cancelled>cancelled"],
            sides=RECEIVER,
            sets=["package_outcome", "package_evidence"],
            when_it_has={"package_outcome": None},
        )
    ],
)
# A partner is shown what blocks a gate, and that may rest on what is another's: the rules see all of a transfer to which
# it is a party, and say no more than whose turn it is and why.
OF_TRANSFER = f"""
CREATE FUNCTION of_transfer(of_table text, asked uuid) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM transfer WHERE id = asked AND (current_setting('role') <> 'svc_partner'
                   OR {TENANT} = ANY (parties))) THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('public.%I', of_table)::regclass
                   AND attname = 'transfer_id') THEN RAISE 'a % is of no transfer', of_table; END IF;
    RETURN QUERY EXECUTE format('SELECT to_jsonb(one) FROM public.%I AS one WHERE transfer_id = $1 ORDER BY id',
                                of_table) USING asked;
END $$
"""


def upgrade() -> None:
    add_directory()
    op.create_table(
        "transfer",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("title", "state", "kind", "purpose", "sending_unit")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("strengths", "markets", "success_criteria")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("team", "planned", "first_planned")),
        *(sa.Column(name, sa.String()) for name in ("held_at", "cancellation_requested_by")),
        *(sa.Column(name, sa.String()) for name in ("package_outcome", "package_evidence")),
        sa.Column("began_on", sa.Date(), **GIVEN),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
    )
    add_turns("transfer", {})
    tables.root_record("transfer", OF_THE_RECEIVER)
    tables.numbers("transfer_number")
    tables.partners_publish(
        tables.Publishes(None, "tech-transfer.ball", "subject_id", types={"io.entente.tech-transfer.BallHeld.v1": {}})
    )
    op.execute(OF_TRANSFER)
    # Of each table that the function reads: its owner, too, is held by the policies.
    op.execute("CREATE POLICY dossier ON transfer FOR SELECT TO CURRENT_USER USING (true)")
    op.execute("REVOKE EXECUTE ON FUNCTION of_transfer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION of_transfer TO {', '.join(tables.ROLES)}")
