"""Methods, which laboratory is entitled to test by them, and which results are reportable by that."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

GIVEN = {"nullable": False}
# Who enters a result may not read what the sponsor keeps of methods, and is judged by it.
KNOWN = """
CREATE FUNCTION known_entitlements(codes text[], laboratories uuid[])
RETURNS TABLE (method_id uuid, code text, major int, minor int, product_id uuid, effective_from date,
    laboratory_site_id uuid, standing text, valid_from date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT method.id, method.code, method.major, method.minor, method.product_id, method.effective_from,
        entitlement.laboratory_site_id, entitlement.standing, entitlement.valid_from
    FROM method LEFT JOIN entitlement
        ON entitlement.method_id = method.id AND entitlement.laboratory_site_id = ANY (laboratories)
    WHERE method.code = ANY (codes) AND method.state = 'registered'
    ORDER BY method.id, entitlement.id
$$
"""
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
            *("method", "method_version", "methods", "reportable", "not_reportable", "oos_withheld"),
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
    ],
)
TOLD = Publishes(
    *("result", "sample-tracking.result", "result_id"),
    types={"io.entente.ResultNotReportable.v1": {"state": "submitted", "reportable": False}},
)


def _methods() -> None:
    op.create_table(
        "method",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("code", "title", "report", "report_digest")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("major", "minor")),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("effective_from", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "registered_by")),
        sa.Column("withdrawal_reason", sa.String()),
    )
    op.create_index(
        "method_version",
        "method",
        ["code", "major", "minor", "product_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'registered'"),
    )
    tables.sponsor_record("method")


def _entitlements() -> None:
    texts = ("method_code", "method_version", "standing", "proof", "proof_digest", "set_by")
    op.create_table(
        "entitlement",
        *tables.versioned(),
        sa.Column("method_id", sa.Uuid(), sa.ForeignKey("method.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("laboratory_site_id", "laboratory_partner_id")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in texts),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("reason", sa.String()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("entitlement_method", "entitlement", ["method_id", "laboratory_site_id"])
    tables.root_record("entitlement")
    op.execute("REVOKE UPDATE ON entitlement FROM svc_sponsor, svc_worker")  # what was set is not set otherwise


def _results() -> None:
    for name in ("method", "method_version"):
        op.add_column("result", sa.Column(name, sa.String()))
    op.add_column("result", sa.Column("methods", JSONB()))
    op.add_column("result", sa.Column("reportable", sa.Boolean()))
    # As it is of each that is there: no statement walks through them.
    said = sa.text("'no method is named'")
    op.add_column("result", sa.Column("not_reportable", sa.String(), server_default=said))
    op.alter_column("result", "not_reportable", server_default=None)
    op.add_column("result", sa.Column("oos_withheld", sa.Boolean()))
    changes.guard_dates("result")
    tables.root_record("result", OF_THE_RESULT)


def upgrade() -> None:
    _methods()
    _entitlements()
    for table in ("method", "entitlement"):
        op.execute(f"CREATE POLICY evaluation ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(KNOWN)
    op.execute("REVOKE EXECUTE ON FUNCTION known_entitlements FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION known_entitlements TO {', '.join(tables.ROLES)}")
    _results()
    tables.partners_publish(TOLD, beside=True)
