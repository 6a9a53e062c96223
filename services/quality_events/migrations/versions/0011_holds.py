"""Holds of batches."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0011"
down_revision = "0010"

GIVEN = {"nullable": False}
HELD = ("batch_id", "lot_id", "site_id", "partner_id")
SAME = " AND ".join(f"own.{column} = batch_hold.{column}" for column in HELD if column != "batch_id")
OF_THE_MAKER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "created_at", "updated_at", "number", *HELD, "markets", "reason", "placed_by", "parties"],
        otherwise={"version": 1, "state": "open", "by_side": "maker"},
        parties=["partner_id"],
        check=f"""
            batch_hold.placed_by = {ACTOR}
            AND EXISTS (SELECT FROM batch AS own WHERE own.id = batch_hold.batch_id AND {SAME})
        """,
    ),
    steps=[
        Step(
            moves=["open>lifted"],
            sides=["partner_id"],
            sets=["lifted_at", "lift_reason"],
            by=["lifted_by"],
            when_it_has={"by_side": "maker"},
        )
    ],
)
FACTS = (
    Publishes(
        *("capa", "quality-events.capa", "capa_id"),
        types={"io.entente.CapaOpened.v1": {"state": "open"}},
    ),
    Publishes(None, "quality-events.ball", "subject_id", types={"io.entente.quality-events.BallHeld.v1": {}}),
    Publishes(
        *("batch", "quality-events.batch", "batch_id"),
        types={
            "io.entente.BatchStarted.v1": {},
            "io.entente.BatchManufactured.v1": {"state": "manufactured"},
        },
    ),
    Publishes(
        *("batch_hold", "quality-events.batch-hold", "hold_id"),
        types={
            "io.entente.BatchHeld.v1": {"state": "open", "by_side": "maker"},
            "io.entente.BatchHoldLifted.v1": {"state": "lifted", "by_side": "maker"},
        },
    ),
    Publishes(
        *("deviation", "quality-events.deviation", "deviation_id"),
        types={"io.entente.DeviationRaised.v1": {"state": "reported"}},
    ),
    Publishes(
        *("oos_investigation", "quality-events.oos-investigation", "investigation_id"),
        types={
            "io.entente.OosNotified.v1": {},
            "io.entente.OosInvalidationProposed.v1": {"state": "awaiting_approval"},
            "io.entente.OosConcluded.v1": {"state": "concluded"},
        },
    ),
)


def upgrade() -> None:
    op.create_table(
        "batch_hold",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "by_side", "reason", "placed_by")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in HELD if name != "batch_id"),
        sa.Column("markets", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("lifted_by", "lift_reason")),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("batch_hold_batch_id", "batch_hold", ["batch_id"])
    op.create_index("batch_hold_partner_id", "batch_hold", ["partner_id"])
    add_turns("batch_hold", {})
    tables.root_record("batch_hold", OF_THE_MAKER)
    tables.numbers("hold_number")
    tables.partners_publish(*FACTS)
