"""The sponsor is told of a result also when its investigation is concluded: late is better than never.

And who planned the retests of a result has prepared its invalidation, and does not approve it.
"""

from installation import tables
from installation.tables import PartnersWrite, Step

revision = "0051"
down_revision = "0050"

STATES = ("phase_1", "awaiting_approval", "phase_2", "concluded")
PROPOSED = ["invalidation_proposed_by"]
PLAN = [
    *("planned_retests", "planned_resamples", "original_analyst", "resample_evidence", "no_retests_reason"),
    "retests_planned_at",
]
OF_THE_INVESTIGATION = PartnersWrite(
    sides=["partner_id", "laboratory_partner_id"],
    steps=[
        Step(
            moves=[f"{state}>{state}" for state in STATES],
            sides=["partner_id", "laboratory_partner_id"],
            sets=["notified_at"],
            when_it_has={"notified_at": None},
        ),
        Step(
            moves=["phase_1>phase_1"],
            sides=["laboratory_partner_id"],
            sets=[*PLAN, "retest_analysts"],
            by=["retests_planned_by"],
            when_it_has={"retests_planned_at": None},
        ),
        Step(
            moves=["phase_1>phase_1"],
            sides=["partner_id"],
            sets=["return_reason"],
            clears=[*PLAN, "retests_planned_by"],
            gives={"retest_analysts": []},
            independent_of=["retests_planned_by"],
        ),
        Step(
            moves=["phase_1>awaiting_approval"],
            sides=["laboratory_partner_id"],
            sets=["cause", "evidence", "retest_plan", "explained_tests", "invalidation_proposed_at"],
            clears=["return_reason"],
            by=PROPOSED,
        ),
        Step(
            moves=["awaiting_approval>concluded"],
            sides=["partner_id"],
            sets=["concluded_at"],
            gives={"conclusion": "invalidated"},
            independent_of=[*PROPOSED, "retests_planned_by"],
        ),
        Step(
            moves=["awaiting_approval>phase_1"],
            sides=["partner_id"],
            sets=["return_reason"],
            clears=["cause", "evidence", "retest_plan", "explained_tests", "invalidation_proposed_at", *PROPOSED],
            gives={"without_plan": False},
            independent_of=PROPOSED,
        ),
        Step(
            moves=["phase_1>phase_2"],
            sides=["partner_id"],
            sets=["phase_2_reason", "phase_2_at"],
            by=["phase_2_by"],
        ),
        *(
            Step(
                moves=["phase_2>concluded"],
                sides=["partner_id"],
                sets=["cause", "evidence", "concluded_at", *more],
                gives={"conclusion": conclusion},
                independent_of=["phase_2_by"],
            )
            for conclusion, more in (("confirmed", ["deviation_id"]), ("inconclusive", []))
        ),
    ],
)


def upgrade() -> None:
    tables.root_record("oos_investigation", OF_THE_INVESTIGATION)
