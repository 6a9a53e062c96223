"""Stages at another partner's site, as a release is judged by them: rules without a database."""

import random
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Side
from quality_events.readiness.dossier import assembled
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from quality_events.stages.terms import Begun, Ended
from runtime.problems import RuleViolated
from tests.dossiers import WORLD, batch, condition, found, told, usual, verdict
from tests.quality_records import partner_stage
from tests.releasing import qualified
from tests.world import World, site_registered

PACKER = World()
STAGE: dict[str, Any] = {
    "id": str(uuid4()), "number": "STG-1", "step": "packaging", "site_id": str(PACKER.site), "since": None,
    "partner_id": str(PACKER.maker), "state": "reviewed", "started_at": "2018-12-10", "ended_at": "2018-12-12",
    "content": "", "unnamed": [],
}  # fmt: skip
SITE = {"id": str(PACKER.site), "partner_id": str(PACKER.maker), "time_zone": "Europe/Vienna"}
CONFIRMED = {
    "id": str(uuid4()), "number": "DISP-1", "market": "AT", "state": "confirmed", "regime": "eu_eea",
    "confirmed_at": "2019-01-01T08:00:00Z", "confirmed_deviations": [], "confirmed_stages": ["making"],
    "confirmed_record_version": "1.0",
}  # fmt: skip


def facts(*more: Any) -> list[Any]:
    """What is told of a batch that is in order, and of the packer's site."""
    return [*usual(), site_registered(PACKER.site, PACKER.maker), *more]


def packed(*more: Any, **of_it: Any) -> Any:
    """A batch that another partner packed."""
    whole = found(told(*facts(*more)), dispositions=[CONFIRMED], elsewhere=[STAGE | of_it])
    return assembled(whole | {"sites": [*whole["sites"], SITE]})


QUALIFIED = qualified(PACKER, PACKER.site, "packaging")
STATES = [
    ("planned", Side.owner, Side.owner),
    ("started", Side.owner, Side.owner),
    ("ended", Side.owner, Side.owner),
    ("confirmed", Side.sponsor, None),
    ("reviewed", None, None),
]


@pytest.mark.parametrize(("state", "record", "confirmation"), STATES)
def test_a_release_waits_for_each_of_them(state: str, record: Side | None, confirmation: Side | None) -> None:
    times = dict.fromkeys(("started_at", "ended_at")) if state == "planned" else {}
    dossier = packed(QUALIFIED, state=state, **times)
    for name, owner in (("record_reviewed", record), ("confirmations", confirmation)):
        judged = condition(dossier, name)
        assert (judged.verdict, judged.owner) == (Verdict.not_met if owner else Verdict.met, owner), name


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ((QUALIFIED,), Verdict.met),
        ((), Verdict.unknown),
        ((qualified(PACKER, PACKER.site, "testing"),), Verdict.not_met),
    ],
)
def test_its_site_is_qualified_for_its_work_and_that_of_the_making_stays_judged(of: Any, expected: Verdict) -> None:
    dossier = packed(*of)
    assert verdict(dossier, "site_qualified") == expected
    assert [(each.step, each.apart) for each in dossier.done] == [("making", False), ("packaging", True)]
    assert verdict(dossier, "registered") == Verdict.not_met, "the registration does not name the packer's site"


def test_a_deviation_that_came_after_its_confirmation_is_named_there_first() -> None:
    judged = condition(packed(QUALIFIED, unnamed=["DEV-7"]), "confirmations")
    assert (judged.verdict, judged.owner) == (Verdict.not_met, Side.sponsor)
    assert "does not name DEV-7" in judged.texts[-1]


@pytest.mark.parametrize(("started", "early"), [("2018-11-04", True), ("2018-11-05", False), ("2018-11", False)])
def test_what_lies_before_the_making_is_given_back(started: str, early: bool) -> None:
    """Its partner does not know when the batch began, and is not refused for it."""
    judged = condition(packed(QUALIFIED, started_at=started), "confirmations")
    assert (judged.verdict, judged.owner) == ((Verdict.not_met, Side.sponsor) if early else (Verdict.met, None))
    assert any("and the batch 2018-11-05: give it back" in each for each in judged.texts) is early


@pytest.mark.parametrize(
    ("completed", "expected"),
    [(each, Verdict.unknown) for each in (None, "2018-12-10", "2018-12")] + [("2018-12-09", Verdict.met)],
)
def test_without_a_start_of_the_batch_nobody_can_say_whether_it_lies_before(completed: Any, expected: Verdict) -> None:
    """Its partner chooses the days on which its site is judged. What came after the making came after its start."""
    whole = found(told(*facts(QUALIFIED)), dispositions=[CONFIRMED], elsewhere=[STAGE])
    undated = whole | {"sites": [*whole["sites"], SITE], "started_at": None, "completed_at": completed}
    judged = condition(assembled(undated), "confirmations")
    assert (judged.verdict, judged.stateable) == (expected, expected is Verdict.unknown)
    early = assembled(undated | {"elsewhere": [STAGE | {"unnamed": ["DEV-7"]}]})
    assert verdict(early, "confirmations") is Verdict.not_met, "what is open stays open"


def test_its_record_counts_for_what_was_split_off_the_batch() -> None:
    parent = {
        "id": str(uuid4()), "number": "P-1", "material": "T", "partner_id": str(WORLD.maker), "state": "under_review",
        "site_id": str(WORLD.site), "started_at": "2018-11-01", "completed_at": "2018-11-03", "came_by": [],
        "record_version": "1.0", "record_digest": "0b", "record_complete": True, "reviewed_side": "sponsor",
        "record_received_at": "2018-12-01T08:00:00Z", "rejected_at": None, "rejected_by": None, "whole": True,
        "same": True, "stages": [], "dispositions": [], "given": [],
    }  # fmt: skip
    for state, expected in (("ended", Verdict.not_met), ("reviewed", Verdict.met)):
        dossier = batch(told(*facts(QUALIFIED)), parents=[parent | {"elsewhere": [STAGE | {"state": state}]}])
        assert verdict(dossier, "record_reviewed") == expected
    assert [each.apart for each in dossier.made_of] == [False, True]


@pytest.mark.parametrize("reader", [WORLD.maker, uuid4()])
def test_another_partner_reads_verdicts_and_no_word_of_it(reader: UUID) -> None:
    dossier = packed(state="ended", unnamed=["DEV-7"])
    for name in ("record_reviewed", "confirmations", "site_qualified"):
        shown = ReadinessCondition.of(condition(dossier, name), reader, "UTC").model_dump_json()
        assert [each for each in ("STG-1", "packaging", "DEV-7", str(PACKER.maker)) if each in shown] == []


@pytest.mark.parametrize(
    ("ended", "expected"), [("2018-12-11", Verdict.met), ("2018-12-12", Verdict.unknown), ("2018-12", Verdict.unknown)]
)
def test_a_release_waits_for_who_bought_the_site_in_its_midst(ended: str, expected: Verdict) -> None:
    of_it = {"ended_at": ended, "sold_at": "2018-12-11T23:00:00+00:00"}
    judged = condition(packed(QUALIFIED, **of_it), "confirmations")
    assert (judged.verdict, judged.stateable) == (expected, expected is Verdict.unknown)
    shown = ReadinessCondition.of(judged, WORLD.maker, "UTC").model_dump_json()
    assert [each for each in ("STG-1", "packaging", "sold") if each in shown] == []
    assert verdict(packed(QUALIFIED, **of_it, state="ended"), "confirmations") is Verdict.not_met


def test_facts_in_any_order_judge_it_alike() -> None:
    every = facts(QUALIFIED, QUALIFIED.model_copy(update={"reason": "y"}))
    rows, shuffled = told(*every), random.Random(1)
    whole = found(rows, elsewhere=[STAGE, STAGE | {"number": "STG-2", "step": "labelling", "state": "ended"}])

    def judged() -> list[Any]:
        dossier = assembled(whole | {"sites": [*whole["sites"], SITE], "known": rows})
        return [
            condition(dossier, name) for name in ("site_qualified", "record_reviewed", "confirmations", "registered")
        ]

    first = judged()
    for _ in range(50):
        shuffled.shuffle(rows)
        assert judged() == first


def test_it_ends_no_earlier_than_it_began() -> None:
    stage = partner_stage()
    stage.start(Begun(started_at=date(2026, 2, 3)), "ana")
    with pytest.raises(RuleViolated, match="ended_at is no earlier"):
        stage.end(Ended(started_at=date(2026, 2, 3), ended_at=date(2026, 2, 2)), "ana")
