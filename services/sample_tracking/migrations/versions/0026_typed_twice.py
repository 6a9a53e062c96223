"""A certificate on paper is typed by two people; an approved result that was typed wrong is corrected by two."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"

GIVEN: dict[str, Any] = {"nullable": False}
LABORATORYS = ["laboratory_partner_id"]
OF_A_LOT = ("lot_id", "lot_number", "material", "site_id", "partner_id", "laboratory_site_id", "laboratory_partner_id")
OWN_SITE = f"EXISTS (SELECT FROM known_site AS own WHERE own.id = {{}} AND own.partner_id = {TENANT})"
OF_THE_LABORATORY = PartnersWrite(
    sides=LABORATORYS,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", *OF_A_LOT, "stage", "certificate_digest", "corrects", "reason"),
            *("keyed_by", "typed_first", "parties"),
        ],
        otherwise={"version": 1, "state": "keyed"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            transcription.keyed_by = {ACTOR} AND {OWN_SITE.format("transcription.laboratory_site_id")}
            AND (transcription.partner_id = {TENANT} AND {OWN_SITE.format("transcription.site_id")}
                 OR was_tested(transcription.lot_id, transcription.site_id, transcription.partner_id))
        """,
    ),
    steps=[
        Step(
            moves=["keyed>verified", "keyed>differing"],
            sides=LABORATORYS,
            sets=["typed_second", "verified_at"],
            by=["verified_by"],
            independent_of=["keyed_by"],
        ),
        Step(
            moves=["differing>verified", "differing>differing"],
            sides=LABORATORYS,
            sets=["typed_first", "typed_second", "verified_at"],
        ),
        Step(moves=["keyed>withdrawn", "differing>withdrawn"], sides=LABORATORYS, sets=["withdrawal_reason"]),
    ],
)
# Deferred: results are stored before their paper is said to be verified, or after it.
TYPED_TWICE = """
CREATE FUNCTION must_be_typed_twice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    typed result := NEW;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT * INTO typed FROM result WHERE id = NEW.superseded_by;
    END IF;
    IF NOT EXISTS (
        SELECT FROM transcription AS paper
        WHERE paper.state = 'verified' AND (paper.keyed_by, paper.verified_by) = (typed.keyed_by, typed.verified_by)
            AND (paper.lot_id, paper.laboratory_site_id, paper.stage)
                = (typed.lot_id, typed.laboratory_site_id, typed.stage)
            AND (TG_OP = 'INSERT' OR paper.corrects = NEW.id)
    ) THEN
        RAISE EXCEPTION 'result %: no two people typed it alike', typed.id USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END $$
"""
BY_TWO = """
CREATE CONSTRAINT TRIGGER typed_by_two AFTER INSERT ON result DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.keyed_by IS NOT NULL OR NEW.verified_by IS NOT NULL) EXECUTE FUNCTION must_be_typed_twice()
"""
CORRECTED_BY_TWO = """
CREATE CONSTRAINT TRIGGER corrected_by_two AFTER UPDATE ON result DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.feed_id IS NULL AND (OLD.state = 'approved' OR OLD.keyed_by IS NOT NULL)
    AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by) EXECUTE FUNCTION must_be_typed_twice()
"""
_AUTHORS = ["keyed_by", "verified_by"]


def _by_others(step: Step) -> Step:
    """Neither who typed it reviews or approves it; one that is approved is corrected."""
    if step.independent_of:
        return replace(step, independent_of=[*step.independent_of, *_AUTHORS])
    amends = "superseded_by" in step.sets
    return replace(step, moves=[*step.moves, "approved>approved"]) if amends else step


def upgrade() -> None:
    texts = ("lot_number", "material", "stage", "certificate_digest", "state", "keyed_by")
    op.create_table(
        "transcription",
        *tables.versioned(),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in OF_A_LOT if name not in ("lot_number", "material")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in texts),
        sa.Column("corrects", sa.Uuid()),
        *(sa.Column(name, sa.String()) for name in ("reason", "verified_by", "withdrawal_reason")),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("typed_first", postgresql.JSONB(), **GIVEN),
        sa.Column("typed_second", postgresql.JSONB()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.CheckConstraint("keyed_by <> verified_by", name="transcription_by_two"),
    )
    op.create_index("transcription_lot_id", "transcription", ["lot_id"])
    add_turns("transcription", {})
    tables.root_record("transcription", OF_THE_LABORATORY)
    for name in _AUTHORS:
        op.add_column("result", sa.Column(name, sa.String()))
    changes.fill_too("result", *_AUTHORS)
    changes.change_steps("result", _by_others)
    op.execute(TYPED_TWICE)
    op.execute("REVOKE EXECUTE ON FUNCTION must_be_typed_twice FROM PUBLIC")
    op.execute("CREATE POLICY evaluation ON transcription FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(BY_TWO)
    op.execute(CORRECTED_BY_TWO)
    # A laboratory may be sold: what its new owner finds in a lot is in no set of the former one.
    changes.unseen("result_set", "UPDATE result_set SET set_key = set_key || ' ' || laboratory_partner_id")
