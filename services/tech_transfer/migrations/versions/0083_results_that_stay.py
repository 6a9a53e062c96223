"""Results of method transfers stay as they came, and amendments wait for what they amend."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from sqlalchemy.dialects import postgresql

revision = "0083"
down_revision = "0082"

FOUND = ["method_transfer_id", "side", "laboratory_site_id", "laboratory_partner_id", "lot", "attribute", "run"]
FOUND += ["replicate", "analyst", "value", "qualifier", "text", "tested_at", "source_result_id", "supersedes"]
FOUND += ["reported_by"]
# A reason of its own, whatever the result amends.
OWN_REASONS = ["tested_before_freezing", "other_version", "other_unit", "not_original", "of_stability", "other_method"]
OWN = ", ".join(f"'{each}'" for each in OWN_REASONS)


def _row(of: str, names: list[str]) -> str:
    return f"ROW({', '.join(f'{of}.{name}' for name in names)})"


STAYS = f"""    IF TG_OP = 'UPDATE' AND {_row("OLD", FOUND)} IS DISTINCT FROM {_row("NEW", FOUND)} THEN
        RAISE 'what was found stays as it was reported: a revision is a result of its own' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.refused IN ({OWN}) AND NEW.refused IS DISTINCT FROM OLD.refused THEN
        RAISE 'a result that is refused for what it says stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS ("""
# Of what was evaluated and concluded: it is said by the step that says it, and never after.
CONCLUDED = """    IF TG_OP = 'UPDATE' AND OLD.frozen_at IS NOT NULL AND OLD.product_id <> NEW.product_id
        OR TG_OP = 'UPDATE' AND OLD.entitled_from IS NOT NULL AND OLD.entitled_from IS DISTINCT FROM NEW.entitled_from
        OR TG_OP = 'UPDATE' AND OLD.did_not_pass <> NEW.did_not_pass
        AND (OLD.state, NEW.state) IS DISTINCT FROM ('in_execution', 'evaluated')
    THEN
        RAISE 'what was found of % stays', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);"""


def upgrade() -> None:
    op.create_table(
        "told_amendment",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("supersedes", sa.Uuid(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
    )
    op.create_index("told_amendment_supersedes", "told_amendment", ["supersedes"])
    tables.projection("told_amendment")
    changes.rewrite("keep_transfer_results()", ("    IF TG_OP = 'INSERT' AND NOT EXISTS (", STAYS))
    changes.rewrite("keep_frozen_protocol()", ("    RETURN coalesce(NEW, OLD);", CONCLUDED))
