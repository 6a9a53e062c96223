"""Method transfers and their results: criteria that nobody changes once they are frozen, results that are their own's."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
IDS, TEXTS = postgresql.ARRAY(sa.Uuid()), postgresql.ARRAY(sa.String())
SENDER, RECEIVER = ["sending_laboratory_partner_id"], ["laboratory_partner_id"]
UNITS = (("sending", SENDER, "receiving"), ("receiving", RECEIVER, "sending"))
BY_LABORATORIES = PartnersWrite(
    sides=[*SENDER, *RECEIVER],
    steps=[
        *(
            Step(
                moves=["planned>planned"],
                sides=sides,
                sets=[f"{unit}_approved_at"],
                by=[f"{unit}_approved_by"],
                independent_of=[f"{other}_approved_by"],
                when_it_has={f"{unit}_approved_by": None},
            )
            for unit, sides, other in UNITS
        ),
        *(
            Step(
                moves=["criteria_frozen>in_execution", "in_execution>in_execution"],
                sides=sides,
                sets=[f"{unit}_complete"],
            )
            for unit, sides, _ in UNITS
        ),
    ],
)
# Approved by three people, whatever the code forgets.
BY_THREE = """
    frozen_at IS NULL OR sending_approved_by <> receiving_approved_by AND sending_approved_by <> quality_approved_by
    AND receiving_approved_by <> quality_approved_by
"""
# A laboratory reports of its own side alone, of a transfer whose criteria are frozen.
ITS_OWN = f"""
    EXISTS (SELECT FROM method_transfer AS one WHERE one.id = method_transfer_result.method_transfer_id
            AND one.state IN ('criteria_frozen', 'in_execution')
            AND CASE method_transfer_result.side WHEN 'sending' THEN one.sending_laboratory_partner_id
                ELSE one.laboratory_partner_id END = {TENANT}
            AND CASE method_transfer_result.side WHEN 'sending' THEN one.sending_laboratory_site_id
                ELSE one.laboratory_site_id END = method_transfer_result.laboratory_site_id
            AND method_transfer_result.parties <@ CASE WHEN method_transfer_result.side = 'sending'
                AND one.results_released THEN ARRAY[one.sending_laboratory_partner_id, one.laboratory_partner_id]
                ELSE ARRAY[{TENANT}] END)
"""
STATED = ["method_transfer_id", "side", "laboratory_site_id", "laboratory_partner_id", "lot", "attribute", "run"]
STATED += ["replicate", "analyst", "value", "qualifier", "text", "tested_at", "reported_by", "parties"]
OF_LABORATORIES = PartnersWrite(
    sides=RECEIVER,
    inserts=Begin(
        fills=["id", "created_at", "updated_at", *STATED], otherwise={"version": 1, "withdrawn": False}, check=ITS_OWN
    ),
)
# What was approved: none of it may change any more, by nobody, and no row of it goes.
PROTOCOL = ["transfer_id", "method", "method_version", "kind", "protocol", "protocol_digest", "lots", "analysts", "runs"]
PROTOCOL += ["replicates", "reference_standards", "system_suitability", "training_records", "exclusions", "criteria"]
PROTOCOL += ["sending_laboratory_site_id", "sending_laboratory_partner_id", "laboratory_site_id", "planned_by"]
PROTOCOL += ["laboratory_partner_id", "sending_approved_by", "receiving_approved_by", "quality_approved_by", "frozen_at"]
KEPT = ", ".join(f"to_jsonb(OLD) -> '{name}'" for name in PROTOCOL)
ASKED = ", ".join(f"to_jsonb(NEW) -> '{name}'" for name in PROTOCOL)
KEEP_PROTOCOL = f"""
CREATE FUNCTION keep_frozen_protocol() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR TG_OP = 'DELETE' AND OLD.frozen_at IS NOT NULL THEN
        RAISE 'a protocol that is frozen stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.frozen_at IS NOT NULL AND ROW({KEPT}) IS DISTINCT FROM ROW({ASKED}) THEN
        RAISE 'the criteria of % are frozen since %', OLD.number, OLD.frozen_at USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$
"""
# A result without frozen criteria, or one that moves or goes, would be the way around the above.
KEEP_RESULTS = """
CREATE FUNCTION keep_transfer_results() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('TRUNCATE', 'DELETE') THEN
        RAISE 'a result stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.method_transfer_id <> NEW.method_transfer_id THEN
        RAISE 'a result stays where it was reported' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM method_transfer WHERE id = NEW.method_transfer_id AND frozen_at IS NOT NULL
    ) THEN
        RAISE 'no result is taken before the criteria are frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# Gates are judged by how laboratories stand, for whoever is a party to the transfer: see of_transfer.
STANDINGS = f"""
CREATE FUNCTION standings_of_transfer(asked uuid) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT to_jsonb(told) FROM laboratory_standing AS told
    WHERE EXISTS (SELECT FROM method_transfer AS one WHERE one.transfer_id = asked AND one.method = told.method
                  AND one.laboratory_site_id = told.laboratory_site_id)
    AND EXISTS (SELECT FROM transfer WHERE id = asked AND (current_setting('role') <> 'svc_partner'
                OR {TENANT} = ANY (parties)))
    ORDER BY told.id
$$
"""
TURNS = Publishes(None, "tech-transfer.ball", "subject_id", types={"io.entente.tech-transfer.BallHeld.v1": {}})


def _kept(table: str, function: str, operations: str) -> None:
    """By a trigger that no role goes around, and that fires also where others are off."""
    for name, each in (("row", f"{operations} ON {table} FOR EACH ROW"), ("all", f"TRUNCATE ON {table}")):
        op.execute(f"CREATE TRIGGER {function}_{name} BEFORE {each} EXECUTE FUNCTION {function}()")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {function}_{name}")


def _method_transfers() -> None:
    op.create_table(
        "method_transfer",
        *tables.versioned(),
        sa.Column("transfer_id", sa.Uuid(), sa.ForeignKey("transfer.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("product_id", "receiving_site_id", "receiving_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_site_id", "sending_partner_id")),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("transfer_number", "state", "method", "method_version")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("kind", "protocol", "protocol_digest", "planned_by")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("attempt", "analysts", "runs", "replicates")),
        sa.Column("follows_id", sa.Uuid(), sa.ForeignKey("method_transfer.id")),
        sa.Column(
            "followed_by_id",
            sa.Uuid(),
            sa.ForeignKey("method_transfer.id", deferrable=True, initially="DEFERRED"),
        ),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("laboratory_site_id", "laboratory_partner_id")),
        *(sa.Column(name, sa.Uuid()) for name in ("sending_laboratory_site_id", "sending_laboratory_partner_id")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("needed_for_batches", "sending_complete")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("receiving_complete", "results_released")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("lots", "criteria", "attributes", "reevaluated")),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("reference_standards", "training_records")),
        *(sa.Column(name, sa.String()) for name in ("system_suitability", "exclusions", "reason", "science_reason")),
        *(sa.Column(name, sa.String()) for name in ("sending_approved_by", "receiving_approved_by")),
        *(sa.Column(name, sa.String()) for name in ("quality_approved_by", "evaluated_by", "results_digest")),
        *(sa.Column(name, sa.String()) for name in ("concluded_by", "report_digest", "justification", "investigation")),
        *(sa.Column(name, INSTANT) for name in ("sending_approved_at", "receiving_approved_at", "frozen_at")),
        *(sa.Column(name, INSTANT) for name in ("concluded_at", "reevaluated_at")),
        *(sa.Column(name, sa.Date()) for name in ("entitled_from", "suspended_from")),
        sa.Column("parties", IDS, **GIVEN),
        sa.CheckConstraint(BY_THREE, name="method_transfer_is_approved_by_three"),
    )
    op.create_index("method_transfer_transfer_id", "method_transfer", ["transfer_id"])
    op.create_index("method_transfer_laboratory_site_id", "method_transfer", ["laboratory_site_id"])
    op.create_index("method_transfer_sending_laboratory_site_id", "method_transfer", ["sending_laboratory_site_id"])
    add_turns("method_transfer", {})
    tables.root_record("method_transfer", BY_LABORATORIES)
    tables.numbers("method_transfer_number")
    op.execute(KEEP_PROTOCOL)
    _kept("method_transfer", "keep_frozen_protocol", "UPDATE OR DELETE")


def _results() -> None:
    op.create_table(
        "method_transfer_result",
        *tables.versioned(),
        sa.Column("method_transfer_id", sa.Uuid(), sa.ForeignKey("method_transfer.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("side", "lot", "attribute", "tested_at", "reported_by")),
        *(sa.Column(name, sa.Uuid()) for name in ("laboratory_site_id", "laboratory_partner_id", "source_result_id")),
        *(sa.Column(name, sa.Integer()) for name in ("run", "replicate")),
        *(sa.Column(name, sa.String()) for name in ("analyst", "qualifier", "text", "refused", "invalid_because")),
        sa.Column("invalid_evidence", sa.String()),
        sa.Column("value", sa.Numeric()),
        *(sa.Column(name, sa.Uuid()) for name in ("superseded_by", "supersedes")),
        sa.Column("withdrawn", sa.Boolean(), **GIVEN),
        sa.Column("invalidated_at", INSTANT),
        sa.Column("parties", IDS, **GIVEN),
    )
    op.create_index("method_transfer_result_method_transfer_id", "method_transfer_result", ["method_transfer_id"])
    op.create_index(
        "method_transfer_result_source",
        "method_transfer_result",
        ["source_result_id", "method_transfer_id"],
        unique=True,
    )
    tables.root_record("method_transfer_result", OF_LABORATORIES)
    op.execute(KEEP_RESULTS)
    _kept("method_transfer_result", "keep_transfer_results", "INSERT OR UPDATE OR DELETE")


def _told() -> None:
    op.create_table(
        "laboratory_standing",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("method", "method_version", "standing")),
        sa.Column("laboratory_site_id", sa.Uuid(), **GIVEN),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("set_at", INSTANT, **GIVEN),
    )
    op.create_index("laboratory_standing_of_method", "laboratory_standing", ["method", "laboratory_site_id"])
    tables.projection("laboratory_standing")
    op.create_table(
        "found_invalid",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("invalid_since", INSTANT),
    )
    tables.projection("found_invalid")
    for table in ("method_transfer", "laboratory_standing"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(STANDINGS)
    op.execute("REVOKE EXECUTE ON FUNCTION standings_of_transfer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION standings_of_transfer TO {', '.join(tables.ROLES)}")


def upgrade() -> None:
    _method_transfers()
    _results()
    _told()
    tables.partners_publish(TURNS, beside=True)
