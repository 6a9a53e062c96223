"""A result that is out of trend is investigated, in the laboratory and beside the OOS that it is none of."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0058"
down_revision = "0057"

GIVEN = {"nullable": False}
FINDING, PROPOSED = ["conclusion", "cause", "evidence"], ["proposed_by"]
OF_THE_INVESTIGATION = PartnersWrite(
    sides=["partner_id", "laboratory_partner_id"],
    # The deviation is one that the partner sees, and that names the lot.
    updates_if="""
        oot_investigation.deviation_id IS NULL OR EXISTS (SELECT FROM deviation_lot AS named
            WHERE named.deviation_id = oot_investigation.deviation_id
            AND named.lot_id = oot_investigation.lot_id AND named.left_out_by_revision IS NULL)
    """,
    steps=[
        Step(
            moves=["phase_1>awaiting_approval"],
            sides=["laboratory_partner_id"],
            sets=[*FINDING, "proposed_at"],
            clears=["return_reason"],
            by=PROPOSED,
        ),
        Step(
            moves=["awaiting_approval>concluded"],
            sides=["partner_id"],
            sets=["concluded_at"],
            independent_of=PROPOSED,
        ),
        Step(
            moves=["awaiting_approval>phase_1"],
            sides=["partner_id"],
            sets=["return_reason"],
            clears=[*FINDING, "proposed_at", *PROPOSED],
            independent_of=PROPOSED,
        ),
        Step(
            moves=["phase_1>phase_2"],
            sides=["partner_id"],
            sets=["phase_2_reason", "phase_2_at"],
            by=["phase_2_by"],
        ),
        Step(
            moves=["phase_2>concluded"],
            sides=["partner_id"],
            sets=[*FINDING, "concluded_at", "deviation_id"],
            independent_of=["phase_2_by"],
        ),
    ],
)
FACTS = Publishes(
    *("oot_investigation", "quality-events.oot-investigation", "oot_investigation_id"),
    types={"io.entente.OotConcluded.v1": {"state": "concluded"}},
)
CONCLUDED = """
    (state = 'concluded') = (concluded_at IS NOT NULL)
    AND (state IN ('awaiting_approval', 'concluded')) = (conclusion IS NOT NULL)
    AND conclusion IN ('explained', 'no_assignable_cause')
    AND (conclusion IS NOT DISTINCT FROM 'explained') = (cause IS NOT NULL)
    AND (conclusion IS NULL) = (evidence IS NULL)
"""


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "oot_investigation",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), unique=name == "number", **GIVEN) for name in ("number", "state")),
        sa.Column("result_id", sa.Uuid(), unique=True, **GIVEN),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id")),
        sa.Column("lot_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("lot_number", "material")),
        sa.Column("product_id", sa.Uuid()),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("laboratory_site_id", "laboratory_partner_id")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("test", "stage", "unit", "basis", "occurred_at")),
        *(sa.Column(name, sa.Numeric(), **GIVEN) for name in ("value", "lower", "upper")),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("points", "sequence")),
        sa.Column("holds", sa.Boolean(), **GIVEN),
        *(sa.Column(name, instant, **GIVEN) for name in ("aware_at", "due_at")),
        sa.Column("due_zone", sa.String()),
        *(sa.Column(name, sa.String()) for name in ("withdrawn_because", "proposed_by", "return_reason")),
        *(sa.Column(name, sa.String()) for name in ("phase_2_reason", "phase_2_by", "conclusion", "cause", "evidence")),
        *(sa.Column(name, instant) for name in ("proposed_at", "phase_2_at", "concluded_at")),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    for column in ("batch_id", "lot_id", "deviation_id"):
        op.create_index(f"oot_investigation_{column}", "oot_investigation", [column])
    op.create_index(
        "oot_investigation_without_product",
        "oot_investigation",
        ["material"],
        postgresql_where=sa.text("product_id IS NULL"),
    )
    op.create_check_constraint("oot_investigation_is_concluded", "oot_investigation", CONCLUDED)
    withdrawn = "state = 'concluded' OR (state = 'withdrawn') = (withdrawn_because IS NOT NULL)"
    op.create_check_constraint("oot_investigation_is_withdrawn", "oot_investigation", withdrawn)
    add_turns("oot_investigation", {})
    tables.root_record("oot_investigation", OF_THE_INVESTIGATION)
    tables.partners_publish(FACTS, beside=True)
    tables.numbers("oot_number")
