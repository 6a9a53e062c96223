"""Authorities' inspections of sites."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
ENDED = ("observed", "answered", "classified")
STAYS = [f"{state}>{state}" for state in ENDED]


def _step(moves: list[str], *sets: str) -> Step:
    return Step(moves=moves, sides=["partner_id"], sets=sets)


OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "authority", "kind", "products", "announced_at"),
            *("told_sponsor_at", "starts_on", "site_id", "partner_id", "parties"),
        ],
        otherwise={
            **{"version": 1, "state": "announced", "form_483": False},
            **{"observations": [], "letters": [], "commitments": []},
        },
        parties=["partner_id"],
        check=f"EXISTS (SELECT FROM site WHERE site.id = inspection.site_id AND site.partner_id = {TENANT})",
    ),
    steps=[
        _step(["announced>running"], "began_on"),
        _step(
            ["announced>observed", "running>observed"], "ended_on", "observations", "form_483", "answer_due_at"
        ),
        _step(["observed>answered"], "answered_on", "answer_digest"),
        _step(STAYS, "commitments", "first_open_at", "report_at"),
        _step([*STAYS, "closed>closed"], "letters"),
        _step([f"{state}>classified" for state in ENDED], "outcome", "classified_on"),
    ],
)
FACTS = (
    Publishes(None, "partner-registry.ball", "subject_id", types={"io.entente.partner-registry.BallHeld.v1": {}}),
    Publishes(
        *("certificate", "partner-registry.certificate", "certificate_id"),
        types={"io.entente.CertificateRecorded.v1": {"state": "unchecked"}},
    ),
    Publishes(
        *("inspection", "partner-registry.inspection", "inspection_id"),
        types={
            "io.entente.RegulatoryInspectionAnnounced.v1": {"state": "announced"},
            "io.entente.RegulatoryInspectionRecorded.v1": {"state": "observed"},
            "io.entente.RegulatoryInspectionClassified.v1": {},
        },
    ),
)


def upgrade() -> None:
    op.create_table(
        "inspection",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "authority", "kind")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("products", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("announced_at", "told_sponsor_at")),
        sa.Column("starts_on", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.Date()) for name in ("began_on", "ended_on", "answered_on", "classified_on")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("observations", "letters", "commitments")),
        sa.Column("form_483", sa.Boolean(), **GIVEN),
        *(sa.Column(name, INSTANT) for name in ("answer_due_at", "first_open_at", "report_at")),
        *(sa.Column(name, sa.String()) for name in ("answer_digest", "outcome")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    add_turns("inspection", {})
    tables.root_record("inspection", OF_THE_SITE)
    tables.numbers("inspection_number")
    tables.partners_publish(*FACTS)
