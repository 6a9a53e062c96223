"""What was stated of a batch's process parameters is changed by quality alone, by somebody who stated none of it."""

from typing import Any
from uuid import uuid4

import pytest

from contracts import Role
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from runtime.lifecycle import allowed_now
from runtime.principal import Principal
from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.test_lifecycles import batch
from tech_transfer.transfer_batches.schemas import ProcessParameter

FORCE = {"parameter": "CPP-1", "unit": "kN", "value": "99", "lower": "10", "upper": "15"}
SPEED = {"parameter": "CPP-2", "unit": "mm", "value": "1", "lower": "1"}


def given(*rows: dict[str, str]) -> list[ProcessParameter]:
    return [ProcessParameter.model_validate(each) for each in rows]


@pytest.mark.parametrize("state", [each for each in Verdict if each is not Verdict.cancelled])
@pytest.mark.parametrize(
    "otherwise",
    [[FORCE | {"value": "12"}], [FORCE | {"upper": "100"}], [FORCE | {"unit": "N"}], [SPEED]],
    ids=["another value", "a wider range", "another unit", "left out"],
)
def test_what_was_stated_is_restated_by_quality(state: Verdict, otherwise: list[Any]) -> None:
    one = batch()
    one.state_parameters(given(FORCE), "0" * 64, "ana")
    one.state = state
    with pytest.raises(RuleViolated, match="parameters: CPP-1: stated already"):
        one.state_parameters(given(*otherwise), "1" * 64, "mallory")
    assert (one.parameters[0]["value"], one.parameters_evidence) == ("99", "0" * 64)
    one.restate_parameters(given(*otherwise), "1" * 64, "bor")
    assert [each["parameter"] for each in one.parameters] == [each["parameter"] for each in otherwise]
    assert sorted(one.parameters_stated_by) == ["ana", "bor"]


def test_what_was_not_stated_yet_is_added() -> None:
    one = batch()
    with pytest.raises(RuleViolated, match="state them"):
        one.restate_parameters(given(FORCE), "0" * 64, "bor")
    one.state_parameters(given(FORCE), "0" * 64, "ana")
    one.state_parameters(given(FORCE), "1" * 64, "mallory")
    assert (one.parameters_stated_by, one.parameters_evidence) == (["ana"], "0" * 64), "the same once more is nothing"
    one.state_parameters(given(SPEED, FORCE), "1" * 64, "cid")
    assert ({*one.parameters_stated_by}, one.parameters_evidence) == ({"ana", "cid"}, "1" * 64)


def test_nobody_restates_what_was_their_own() -> None:
    one = batch()
    ana, bor = (Principal(who, who, roles=frozenset({Role.quality, Role.msat})) for who in ("ana", "bor"))
    assert "restate_parameters" not in allowed_now(one, bor), "nothing is stated yet"
    one.state_parameters(given(FORCE), "0" * 64, "ana")
    assert ["restate_parameters" in allowed_now(one, each) for each in (ana, bor)] == [False, True]


def test_nobody_justifies_a_choice_of_their_own() -> None:
    one = batch()
    one.series_id, one.chosen_by = uuid4(), "ana"
    with pytest.raises(RuleViolated, match="no result of it was known"):
        one.justify_choice("x", "bor")
    one.named_after_results = True
    ana, bor = (Principal(who, who, roles=frozenset({Role.quality})) for who in ("ana", "bor"))
    assert ["justify_choice" in allowed_now(one, each) for each in (ana, bor)] == [False, True]
    one.justify_choice("the protocol names it", "bor")
    assert "justify_choice" not in allowed_now(one, bor)
