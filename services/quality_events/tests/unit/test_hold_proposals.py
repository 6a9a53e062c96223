"""What of a site asks for a hold of which batch, and what was answered is not asked again."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.partner_registry import Observed
from contracts.qualifications import EndCause, QualificationState
from quality_events.hold_proposals.model import HoldProposal
from quality_events.hold_proposals.rules import Cause, noted_by, taken_from, unasked
from quality_events.impacts.taken_away import since
from tests.releasing import inspected, qualified
from tests.world import World

WORLD = World()
PRODUCT, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("began", "products", "product", "concerns"),
    [
        ("2018-11-20", (), PRODUCT, True),
        ("2018-12-02", (), PRODUCT, True),
        ("2018-12-03", (), PRODUCT, False),
        ("2018-12", (), PRODUCT, True),
        ("2018-11-20", (PRODUCT,), PRODUCT, True),
        ("2018-11-20", (OTHER,), PRODUCT, False),
        ("2018-11-20", (OTHER,), None, True),
    ],
)
def test_a_cause_concerns_what_was_begun_before_it(began: str, products: Any, product: Any, concerns: bool) -> None:
    assert Cause("x", date(2018, 12, 1), products).concerns(began, product) is concerns


@pytest.mark.parametrize("after", QualificationState)
def test_only_what_was_taken_away_says_something_of_work_that_was_done(after: QualificationState) -> None:
    told = qualified(WORLD, WORLD.site, "drug_product", after=after, occurred_at="2018-12-01T12:00:00Z")
    found = [each.text for each in taken_from([told])]
    taken = after in (QualificationState.suspended, QualificationState.withdrawn)
    assert found == [f"QUAL-1 was {after} on 2018-12-01: x"] * taken


@pytest.mark.parametrize("before", [(), (QualificationState.suspended,)])
@pytest.mark.parametrize("cause", EndCause)
def test_a_sale_or_closing_says_nothing_and_takes_back_nothing(cause: EndCause, before: Any) -> None:
    one = qualified(WORLD, WORLD.site, "drug_product", occurred_at="2018-12-01T12:00:00Z")
    told = [one, *(one.model_copy(update={"after": each}) for each in before)]
    gone = one.model_copy(update={"after": QualificationState.withdrawn, "cause": cause, "reason": "in words"})
    found = [each.text for each in taken_from([*told, gone])]
    assert found == [f"QUAL-1 was {each} on 2018-12-01: x" for each in before]


def test_what_is_told_once_more_of_another_owner_keeps_its_day_and_its_reason() -> None:
    gone = qualified(
        *(WORLD, WORLD.site, "drug_product"), after=QualificationState.suspended, occurred_at="2018-12-20T12:00:00Z"
    )
    of_the_successor = {"before": gone.after, "occurred_at": "2026-03-01T12:00:00Z", "reason": "P-1 merged into P-2"}
    told = [gone, type(gone).model_validate(gone.model_dump() | of_the_successor | {"partner_id": uuid4()})]
    assert [(each.text, each.on) for each in taken_from(told)] == [
        ("QUAL-1 was suspended on 2018-12-20: x", date(2018, 12, 20))
    ]


@pytest.mark.parametrize(("ours", "asks"), [((), False), ((None,), True), ((False,), False), ((False, True), True)])
def test_what_inspectors_noted_asks_unless_it_is_judged_to_concern_others(ours: Any, asks: bool) -> None:
    told = inspected(WORLD, *ours)
    by_then = [f"INS-1 of FDA, which ended on {told.ended_on}, noted observations"]
    assert [each.text for each in noted_by([told])] == by_then * asks
    judged = told.model_copy(update={"observations": tuple(Observed(text="x", ours=False) for _ in ours)})
    assert noted_by([told, judged]) == [], "what is told later stands"


def test_what_was_answered_is_not_asked_again() -> None:
    assert unasked(["b", "a", "b"], [["a"], ["c"]]) == ["b"]
    assert unasked(["a; since then better", "b"], [["a"]]) == ["b"], "nor where more is known of it since"


def test_each_time_that_one_was_taken_away_asks_also_where_it_was_given_back() -> None:
    states = ["suspended", "approved", "withdrawn", "in_assessment", "conditional", "expired"]
    told = [qualified(WORLD, WORLD.site, "drug_product", after=each) for each in map(QualificationState, states)]
    told = [
        type(each).model_validate(each.model_dump() | {"before": "approved" if before is None else before.after,
            "qualification_id": told[0].qualification_id, "occurred_at": f"2018-12-{day:02}T12:00:00Z"})
        for day, (each, before) in enumerate(zip(told, [None, *told], strict=False), 1)
    ]  # fmt: skip
    assert [(each.text, each.on.day) for each in taken_from(told)] == [
        ("QUAL-1 was suspended on 2018-12-01: x; since then approved again on 2018-12-02", 1),
        ("QUAL-1 was withdrawn on 2018-12-03: x; since then conditional again on 2018-12-05", 3),
    ]


def test_more_is_learned_once() -> None:
    proposal = HoldProposal(number="HPR-1", batch_id=uuid4(), site_id=uuid4(), reasons=["b"])
    assert (proposal.learn(["a", "b"]), proposal.learn(["a"]), proposal.reasons) == (True, False, ["a", "b"])
    since = "a; since then better"
    assert (proposal.learn([since]), proposal.learn(["a"]), proposal.reasons) == (True, False, [since, "b"])


def test_what_is_told_late_asks_about_what_was_decided_since_its_own_day() -> None:
    more: dict[str, Any] = {"after": QualificationState.withdrawn, "occurred_at": "2018-12-01T12:00:00Z"}
    told = qualified(WORLD, WORLD.site, "drug_product", **more)
    late = told.model_copy(update={"effective_on": date(2018, 9, 1)})
    assert [since(told), since(late)] == [date(2018, 11, 30), date(2018, 8, 31)]
