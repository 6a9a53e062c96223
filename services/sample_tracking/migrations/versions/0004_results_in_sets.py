"""Results are told in sets: what partners' commands publish of them, and whose handlers are no more."""

from alembic import op
from installation import tables
from installation.tables import Publishes

revision = "0004"
down_revision = "0003"

SETS = Publishes(
    *("result", "sample-tracking.result", "result_id"),
    types={"io.entente.ResultsReported.v1": {"state": "submitted"}},
    items="results",
    key="lot.id",
)
SINGLE = Publishes(
    *("result", "sample-tracking.result", "result_id"),
    types={
        "io.entente.OosDetected.v1": {"state": "submitted", "evaluation": "oos"},
        "io.entente.ResultApproved.v1": {"state": "approved"},
    },
)


TURNS = Publishes(None, "sample-tracking.ball", "subject_id", types={"io.entente.sample-tracking.BallHeld.v1": {}})


def upgrade() -> None:
    tables.partners_publish(SETS, SINGLE, TURNS)
    tables.handles_no_more("io.entente.TestResultReported.v1")
