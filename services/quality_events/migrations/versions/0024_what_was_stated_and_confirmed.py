"""Of what a statement was made and a confirmation given: of anything else they say nothing."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Step
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"

CONFIRMED = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(
            moves=["open>confirmed", "confirmed>confirmed"],
            sides=["partner_id"],
            sets=["confirmed_at", "confirmed_stages", "confirmed_deviations", "confirmed_record_version"],
            by=["confirmed_by"],
            independent_of=["prepared_by"],
        )
    ],
)
BY_A_PARTNER = "CASE WHEN current_setting('role') = 'svc_partner' THEN"
CHANGES = (
    ("jsonb_build_object('state', said.state,", "jsonb_build_object('market', said.market, 'state', said.state,"),
    (
        "(SELECT coalesce(jsonb_agg(to_jsonb(said) ORDER BY said.market), '[]') FROM disposition AS said",
        "(SELECT coalesce(jsonb_agg(to_jsonb(said) - 'prepared_by' ORDER BY said.market), '[]') FROM disposition AS said",
    ),
    (
        "(SELECT coalesce(jsonb_agg(to_jsonb(said) ORDER BY said.number), '[]') FROM readiness_statement AS said",
        f"(SELECT coalesce(jsonb_agg({BY_A_PARTNER} to_jsonb(said) || '{{\"statement\": \"\", \"stated_by\": \"\"}}' "
        "ELSE to_jsonb(said) END ORDER BY said.number), '[]') FROM readiness_statement AS said",
    ),
)


def upgrade() -> None:
    op.add_column("readiness_statement", sa.Column("stated_of", postgresql.ARRAY(sa.String())))
    op.add_column("disposition", sa.Column("confirmed_record_version", sa.String()))
    tables.root_record("disposition", CONFIRMED)
    text = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('batch_dossier(uuid)'::regprocedure)").scalar_one()
    for before, after in CHANGES:
        head, tail = text.split(before)
        text = head + after + tail
    op.get_bind().exec_driver_sql(text)
