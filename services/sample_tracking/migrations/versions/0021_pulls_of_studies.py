"""A result of a stability study says which pull it is of."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

OF_A_LOT = ("lot_id", "lot_number", "material", "site_id", "partner_id", "laboratory_site_id", "laboratory_partner_id")
SAME = " AND ".join(f"own.{column} = result.{column}" for column in (*OF_A_LOT, "stage", "occurred_at"))
OWN_SITE = f"EXISTS (SELECT FROM known_site AS own WHERE own.id = {{}} AND own.partner_id = {TENANT})"
LABORATORYS = ["laboratory_partner_id"]
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=LABORATORYS,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", *OF_A_LOT, "product_id", "parties", "set_id", "test", "stage", "role"),
            *("value", "text", "qualifier", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by", "evaluations", "evaluated_against"),
            *("method", "method_version", "methods", "reportable", "not_reportable", "amendment_reason"),
            "stability",
        ],
        otherwise={"version": 1, "state": "submitted"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            result.submitted_by = {ACTOR} AND {OWN_SITE.format("result.laboratory_site_id")}
            AND (result.partner_id = {TENANT} AND {OWN_SITE.format("result.site_id")}
                 OR was_tested(result.lot_id, result.site_id, result.partner_id))
            AND EXISTS (SELECT FROM result_set AS own WHERE own.id = result.set_id AND {SAME})
        """,
    ),
    steps=[
        Step(
            moves=["submitted>reviewed"],
            sides=LABORATORYS,
            sets=["reviewed_at"],
            by=["reviewed_by"],
            independent_of=["submitted_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(
            moves=["reviewed>approved"],
            sides=LABORATORYS,
            sets=["approved_at"],
            by=["approved_by"],
            independent_of=["submitted_by", "reviewed_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(moves=["reviewed>submitted"], sides=LABORATORYS, when_it_has=THAT_COUNTS),
        Step(
            moves=["submitted>submitted"],
            sides=LABORATORYS,
            sets=["superseded_by"],
            when_it_has=THAT_COUNTS | {"feed_id": None},
        ),
    ],
)


def upgrade() -> None:
    op.add_column("result", sa.Column("stability", postgresql.JSONB()))
    tables.root_record("result", OF_THE_RESULT)
