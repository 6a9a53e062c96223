"""Results that were reported together are a set, which is reviewed and approved as one."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step
from installation.waiting import add_turns

revision = "0012"
down_revision = "0011"

GIVEN = {"nullable": False}
LABORATORYS = ["laboratory_partner_id"]
OF_A_LOT = ("lot_id", "lot_number", "material", "site_id", "partner_id", "laboratory_site_id", "laboratory_partner_id")
SAME = " AND ".join(f"own.{column} = result.{column}" for column in (*OF_A_LOT, "stage", "occurred_at"))
OWN_SITE = f"EXISTS (SELECT FROM known_site AS own WHERE own.id = {{}} AND own.partner_id = {TENANT})"
OWN_LOT = f"""
    {OWN_SITE.format("{0}.laboratory_site_id")}
    AND ({{0}}.partner_id = {TENANT} AND {OWN_SITE.format("{0}.site_id")}
         OR was_tested({{0}}.lot_id, {{0}}.site_id, {{0}}.partner_id))
"""
OF_THE_SET = PartnersWrite(
    sides=LABORATORYS,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", *OF_A_LOT, "stage", "occurred_at", "submitted_by", "set_key"),
            "parties",
        ],
        otherwise={"version": 1, "state": "submitted", "reviewed_by": []},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"result_set.submitted_by = ARRAY[{ACTOR}]::varchar[] AND {OWN_LOT.format('result_set')}",
    ),
    steps=[
        Step(
            moves=[f"{state}>submitted" for state in ("submitted", "reviewed", "approved", "void")],
            sides=LABORATORYS,
            by=["submitted_by"],
        ),
        Step(
            moves=["submitted>reviewed"],
            sides=LABORATORYS,
            sets=["reviewed_at"],
            by=["reviewed_by"],
            independent_of=["submitted_by"],
        ),
        Step(
            moves=["reviewed>approved"],
            sides=LABORATORYS,
            sets=["approved_at"],
            by=["approved_by"],
            independent_of=["submitted_by", "reviewed_by"],
        ),
        Step(
            moves=["reviewed>submitted", "submitted>submitted"],
            sides=LABORATORYS,
            sets=["return_reason"],
            by=["returned_by"],
        ),
    ],
)
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=LABORATORYS,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", *OF_A_LOT, "product_id", "parties", "set_id", "test", "stage", "role"),
            *("value", "text", "qualifier", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by"),
        ],
        otherwise={"version": 1, "state": "submitted"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            result.submitted_by = {ACTOR} AND {OWN_LOT.format("result")}
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
KEY = "lot_id || ' ' || stage || ' ' || laboratory_site_id || ' ' || occurred_at"
COUNTING = "superseded_by IS NULL AND reason IS DISTINCT FROM 'voided'"
OF_BEFORE = f"""
INSERT INTO result_set (id, version, created_at, updated_at, lot_id, lot_number, material, site_id, partner_id,
    laboratory_site_id, laboratory_partner_id, stage, occurred_at, submitted_by, reviewed_by, reviewed_at, approved_by,
    approved_at, set_key, parties, state)
SELECT (array_agg(id ORDER BY id))[1], 1, min(created_at), max(updated_at), lot_id, min(lot_number), min(material),
    (array_agg(site_id))[1], (array_agg(partner_id))[1], laboratory_site_id, (array_agg(laboratory_partner_id))[1],
    stage, occurred_at, array_agg(DISTINCT submitted_by),
    coalesce(array_agg(DISTINCT reviewed_by) FILTER (WHERE reviewed_by IS NOT NULL), '{{}}'), max(reviewed_at),
    max(approved_by), max(approved_at), {KEY},
    ARRAY(SELECT DISTINCT unnest(ARRAY[(array_agg(partner_id))[1], (array_agg(laboratory_partner_id))[1]])),
    CASE WHEN bool_or(state = 'submitted' AND {COUNTING}) THEN 'submitted'
         WHEN bool_or(state = 'reviewed' AND {COUNTING}) THEN 'reviewed'
         WHEN bool_or(state = 'approved' AND {COUNTING}) THEN 'approved' ELSE 'void' END
FROM result GROUP BY lot_id, stage, laboratory_site_id, occurred_at
"""  # noqa: S608
"""The sets of results that are there already: reported together as far as that can be known of them. A set has the id
of its first result."""


def upgrade() -> None:
    instants = ("reviewed_at", "approved_at")
    op.create_table(
        "result_set",
        *tables.versioned(),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in OF_A_LOT if name not in ("lot_number", "material")),
        *(sa.Column(n, sa.String(), **GIVEN) for n in ("lot_number", "material", "stage", "occurred_at", "state")),
        sa.Column("submitted_by", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("reviewed_by", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in instants),
        *(sa.Column(name, sa.String()) for name in ("approved_by", "returned_by", "return_reason")),
        sa.Column("set_key", sa.String(), unique=True, **GIVEN),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    for name in ("lot_id", "lot_number"):
        op.create_index(f"result_set_{name}", "result_set", [name])
    op.create_index("result_set_state", "result_set", ["state", "id"])
    op.execute("ALTER TABLE result NO FORCE ROW LEVEL SECURITY")
    op.execute(OF_BEFORE)
    op.execute("ALTER TABLE result FORCE ROW LEVEL SECURITY")
    of_its_set = f"(SELECT own.id FROM result_set AS own WHERE own.set_key = {KEY})"
    changes.add_required("result", sa.Column("set_id", sa.Uuid(), sa.ForeignKey("result_set.id")), value=of_its_set)
    op.create_index("result_set_id", "result", ["set_id"])
    of_the_laboratory = "laboratory_partner_id"
    add_turns("result_set", {"submitted": ("partner", of_the_laboratory), "reviewed": ("both", of_the_laboratory)})
    tables.root_record("result_set", OF_THE_SET)
    tables.root_record("result", OF_THE_RESULT)
