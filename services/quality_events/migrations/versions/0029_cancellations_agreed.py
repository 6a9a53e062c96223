"""What a partner's system reported is cancelled only with the partner's agreement."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step

revision = "0029"
down_revision = "0028"

MADE = ("id", "created_at", "updated_at")
OPEN = ("reported", "classified", "under_investigation", "awaiting_approval")
# Of a result that is confirmed, what the investigation of it knew goes on.
OF_AN_INVESTIGATION = f"""
    EXISTS (SELECT FROM oos_investigation AS found WHERE found.partner_id = {TENANT}
            AND found.site_id = deviation.site_id AND found.aware_at = deviation.partner_aware_at
            AND found.historic = deviation.historic)
"""
OF_THE_DEVIATION = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *(*MADE, "number", "title", "description", "category", "site_id", "partner_id", "product_id", "batch_ids"),
            *("occurred_at", "discovered_at", "partner_aware_at", "sponsor_aware_at", "reported_aware_at", "reporter"),
            *("proposed_classification", "notification_limit_hours", "due_at", "first_due_at", "due_zone", "historic"),
            "parties",
        ],
        otherwise={
            **{"version": 1, "state": "reported", "source_revision": 1, "awareness_accepted_revision": 0},
            **{"prepared_by": [], "late_amendments": [], "cancellation_proposed": False},
        },
        parties=["partner_id"],
        # A local day more than thirty, wherever it is; the hours are those of clocks.NOTIFICATION_HOURS.
        check=f"""
            deviation.reporter = {ACTOR}
            AND deviation.due_at = deviation.first_due_at
            AND deviation.due_at BETWEEN deviation.partner_aware_at AND deviation.partner_aware_at + interval '32 days'
            AND deviation.reported_aware_at = deviation.partner_aware_at
            AND deviation.notification_limit_hours IS NOT DISTINCT FROM
                CASE deviation.proposed_classification WHEN 'critical' THEN 24 WHEN 'major' THEN 72 END
            AND NOT EXISTS (
                SELECT FROM unnest(deviation.batch_ids) AS named (id)
                WHERE NOT EXISTS (SELECT FROM batch AS own WHERE own.id = named.id OFFSET 0))
            AND (NOT deviation.historic AND EXISTS (
                     SELECT FROM known_site AS own WHERE own.id = deviation.site_id AND own.partner_id = {TENANT})
                 OR {OF_AN_INVESTIGATION})
        """,
    ),
    steps=[
        # A result that is confirmed may open a CAPA together with its deviation.
        Step(moves=["reported>reported"], sides=["partner_id"], sets=["capa_reference"]),
        Step(moves=["classified>under_investigation"], sides=["partner_id"], sets=["owner"], by=["prepared_by"]),
        Step(
            moves=["under_investigation>under_investigation"],
            sides=["partner_id"],
            sets=["root_cause_category", "root_cause", "impact", "capa_reference", "capa_justification"],
            by=["prepared_by"],
        ),
        Step(
            moves=["under_investigation>awaiting_approval"],
            sides=["partner_id"],
            clears=["return_reason"],
            by=["approval_requested_by", "prepared_by"],
        ),
        Step(
            moves=[f"{state}>{state}" for state in OPEN],
            sides=["partner_id"],
            sets=["requested_due_at", "extension_reason"],
            by=["extension_requested_by"],
        ),
        Step(
            moves=[f"{state}>cancelled" for state in OPEN],
            sides=["partner_id"],
            sets=["cancelled_at"],
            when_it_has={"cancellation_proposed": True},
        ),
        Step(
            moves=[f"{state}>{state}" for state in OPEN],
            sides=["partner_id"],
            sets=["cancellation_refusal"],
            clears=["cancellation_proposed_by", "cancellation_reason"],
            when_it_has={"cancellation_proposed": True},
            gives={"cancellation_proposed": False},
        ),
    ],
)
FACTS = Publishes(
    *("deviation", "quality-events.deviation", "deviation_id"),
    types={
        "io.entente.DeviationRaised.v1": {"state": "reported"},
        "io.entente.DeviationCancelled.v1": {"state": "cancelled"},
    },
)


def upgrade() -> None:
    proposed = sa.Column("cancellation_proposed", sa.Boolean(), server_default="false", nullable=False)
    op.add_column("deviation", proposed)
    op.alter_column("deviation", "cancellation_proposed", server_default=None)
    for name in ("cancellation_proposed_by", "cancellation_refusal"):
        op.add_column("deviation", sa.Column(name, sa.String()))
    tables.root_record("deviation", OF_THE_DEVIATION)
    tables.partners_publish(FACTS, beside=True)
