"""Whether each market lets the new site make the product."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.changes import ChangeCategory
from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.dossiers import BEGAN, RECEIVER, dossier, transfer
from tech_transfer.gates.terms import Unit
from tech_transfer.submissions.model import Submission
from tech_transfer.submissions.required import by_market, submissions
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import TechTransferState

DAY = BEGAN.date()


def planned(of: Transfer, market: str = "AT", later: int = 0, **more: Any) -> Submission:
    """A submission that was planned so many hours later than the transfer began."""
    given = {"kind": ChangeCategory.ib, "planned_on": DAY} | more
    made = Submission.plan(of, BEGAN, number=f"SBM-{later}", market=market, **given)
    made.created_at = BEGAN + timedelta(hours=later)
    return made


def owed(of: Transfer, *known: Submission) -> list[tuple[str, Unit]]:
    """By market who owes the next step."""
    return [(each.why[:2], each.unit) for each in submissions(dossier(of, DAY, submissions=known))]


def test_each_market_is_asked_and_one_that_nobody_named_blocks() -> None:
    of = transfer(markets=["AT", "US"])
    assert owed(of) == [("AT", Unit.sponsor), ("US", Unit.sponsor)]
    american = planned(of, "US", kind=ChangeCategory.none, planned_on=None)
    assert owed(of, american) == [("AT", Unit.sponsor)]
    austrian = planned(of)
    austrian.file(DAY, BEGAN)
    assert owed(of, austrian, american) == [("AT", Unit.authority)]
    austrian.ask(DAY, BEGAN)
    assert owed(of, austrian, american) == [("AT", Unit.sponsor)]
    austrian.approve(DAY, BEGAN)
    assert owed(of, austrian, american) == []


def test_the_last_one_that_was_not_withdrawn_counts_in_whatever_order_they_are_read() -> None:
    of = transfer()
    first, second = planned(of), planned(of, later=1)
    first.file(DAY, BEGAN)
    first.approve(DAY, BEGAN)
    assert by_market([second, first]) == by_market([first, second]) == {"AT": second}
    assert owed(of, second, first) == [("AT", Unit.sponsor)]
    second.withdraw(BEGAN)
    assert owed(of, second, first) == []


def test_who_is_no_party_to_it_does_not_learn_how_far_it_is() -> None:
    of = transfer()
    one = planned(of)
    seen = [submissions(dossier(of, DAY, submissions=known)) for known in ([], [one])]
    one.file(DAY, BEGAN)
    seen.append(submissions(dossier(of, DAY, submissions=[one])))
    assert {(each.why, each.record, each.due_on) for (each,) in seen} == {
        ("AT: no approval is known, nor that none is needed", None, None)
    }


def test_it_is_for_a_market_of_a_transfer_that_goes_on() -> None:
    of = transfer()
    with pytest.raises(RuleViolated, match="AT"):
        planned(of, "SI")
    assert planned(of).parties == [RECEIVER]
    of.state = TechTransferState.closed
    with pytest.raises(RuleViolated, match="closed"):
        planned(of)
