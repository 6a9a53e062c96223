"""The sponsor is told of a result also when its investigation is concluded: late is better than never.

And who planned the retests of a result has prepared its invalidation, and does not approve it.
"""

from dataclasses import replace

from installation.changes import change_steps
from installation.tables import Step

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    change_steps("oos_investigation", told_late_and_approved_by_another)


def told_late_and_approved_by_another(step: Step) -> Step:
    """The step that tells the sponsor, and the one that approves an invalidation."""
    if step.sets == ["notified_at"]:
        return replace(step, moves=[*step.moves, "concluded>concluded"])
    if step.gives == {"conclusion": "invalidated"}:
        return replace(step, independent_of=[*step.independent_of, "retests_planned_by"])
    return step
