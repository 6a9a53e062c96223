"""By which CAPA a finding is closed."""

from datetime import date, datetime

import pytest

from contracts.audits import FindingClass
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CapaState
from runtime.problems import RuleViolated
from tests.quality_records import NOW, finding

LATER = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("state", "due", "day", "how", "refused"),
    [
        *(("open", None, None, "major", "all_due_on"), ("open", None, LATER, "major", None)),
        *(("open", None, None, "minor", None), ("implementing", NOW, None, "critical", None)),
        ("closed_effective", None, None, "critical", None),
        ("closed_ineffective", NOW, None, "major", "capa_number"),
        ("cancelled", NOW, LATER, "minor", "capa_number"),
    ],
)
def test_a_capa_that_closes_a_finding_is_effective_or_dated(
    state: str, due: datetime | None, day: date | None, how: str, refused: str | None
) -> None:
    capa = Capa(number="CAPA-2026-10001", state=CapaState(state), due_at=due, root_cause="x", parties=[])
    found, problem = finding(), None
    found.classification = FindingClass(how)
    try:
        found.must_be_carried_by(capa, day)
    except RuleViolated as violated:
        problem = violated
    assert (problem and problem.extensions["fields"]) == (refused and [refused])
