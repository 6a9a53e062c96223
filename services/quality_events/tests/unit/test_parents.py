"""What a batch came of stands against it, as far as nothing dealt with that: rules without a database."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from quality_events.readiness.numbers import with_others
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from quality_events.readiness.terms import Rejected
from tests.dossiers import WORLD, batch, condition, told, usual, verdict
from tests.releasing import NOON

PARENT: dict[str, Any] = {
    "id": str(uuid4()), "number": "P-1", "material": "T", "partner_id": str(WORLD.maker), "state": "under_review",
    "site_id": str(WORLD.site), "started_at": "2018-11-01", "completed_at": "2018-11-03", "reviewed_side": "sponsor",
    "record_version": "1.0", "record_digest": "0b", "record_complete": True,
    "record_received_at": "2018-12-01T08:00:00Z",
    "rejected_at": None, "rejected_by": None, "whole": True, "same": True, "came_by": [], "stages": [],
    "dispositions": [], "given": [], "elsewhere": [],
}  # fmt: skip
OOS: dict[str, Any] = {
    "id": str(uuid4()), "number": "OOS-1", "partner_id": str(WORLD.maker), "result_id": str(uuid4()), "own": False,
    "state": "concluded", "conclusion": "confirmed", "since": "2026", "awaited_side": None, "verdicts": None,
}  # fmt: skip
EVENT: dict[str, Any] = {"id": uuid4(), "number": "DEV-1", "since": NOON, "reader": "everybody"}
SHARED = EVENT | {"state": "reported", "classification": None, "known": True, "step": "A", "equipment": ["PRESS-07"]}
INPUT = {"material": "T", "number": "P-1", "batch_id": PARENT["id"], "partner_id": str(WORLD.maker), "dispositions": []}


@pytest.mark.parametrize(
    ("decided", "market", "expected"),
    [
        ({"rejected_at": "2019-01-01T08:00:00Z", "rejected_by": "DSP-1"}, "AT", Verdict.not_met),
        ({"dispositions": [{"number": "DSP-1", "market": "AT", "state": "rejected"}]}, "AT", Verdict.not_met),
        ({"dispositions": [{"number": "DSP-1", "market": "EU", "state": "withdrawn"}]}, "AT", Verdict.not_met),
        ({"dispositions": [{"number": "DSP-1", "market": "DE", "state": "stopped"}]}, "EU", Verdict.not_met),
        ({"dispositions": [{"number": "DSP-1", "market": "US", "state": "rejected"}]}, "AT", Verdict.met),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["as it is", "worked on again"])
def test_what_keeps_it_from_a_market(decided: Any, market: str, expected: Verdict, whole: bool) -> None:
    found = batch(told(*usual()), parents=[PARENT | decided | {"whole": whole}])
    assert verdict(found, "not_held", market) == (expected if whole else Verdict.met)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, Verdict.met),
        ({"reviewed_side": None, "record_version": None}, Verdict.not_met),
        ({"reviewed_side": "maker"}, Verdict.not_met),
        ({"reviewed_side": None, "record_version": None, "same": False}, Verdict.met),
    ],
)
def test_its_record_is_reviewed(said: Any, expected: Verdict) -> None:
    assert verdict(batch(told(*usual()), parents=[PARENT | said]), "record_reviewed") == expected


def test_a_version_of_its_record_that_waits_is_waited_for() -> None:
    given: dict[str, Any] = {
        "source": "mes", "revision": 2, "record_version": "2", "digest": "0c", "complete": True, "authority": 2,
        "changed_at": "2018-12-03", "received_at": "2018-12-03T08:00:00Z", "set_aside_at": None,
    }  # fmt: skip
    found = condition(batch(told(*usual()), parents=[PARENT | {"given": [given]}]), "record_reviewed")
    assert (found.verdict, "was not handed in" in "; ".join(found.texts)) == (Verdict.not_met, True)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"whole": True}, Verdict.not_met),
        ({"whole": False}, Verdict.met),
        ({"whole": True, "verdicts": {"": "oos", "AT": "pass"}}, Verdict.met),
        ({"whole": True, "verdicts": {"": "pass", "AT": "oos"}}, Verdict.not_met),
    ],
)
def test_a_confirmed_result_of_what_went_in(said: Any, expected: Verdict) -> None:
    found = condition(batch(told(*usual()), investigations=[OOS | said]), "oos_concluded")
    assert found.verdict == expected
    if not said["whole"]:
        assert any("reworked or reprocessed" in each for each in found.texts)


def test_what_stands_under_another_number_brings_what_it_came_of() -> None:
    rejected = PARENT | {"rejected_at": "2019-01-01T08:00:00Z", "rejected_by": "DSP-1", "reviewed_side": None}
    own, other = batch(told(*usual())), batch(told(*usual()), parents=[rejected])
    joined = with_others(own, [], [other])
    assert [verdict(joined, each) for each in ("not_held", "record_reviewed")] == [Verdict.not_met] * 2
    assert joined.made_of == other.made_of
    alias = replace(own, rejected=Rejected("DSP-2", NOON))
    assert verdict(with_others(own, [], [alias]), "not_held") == Verdict.not_met


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"shared": [SHARED]}, "deviations_settled"),
        ({"late": [EVENT | {"state": "closed"}]}, "deviations_settled"),
        ({"inputs": [INPUT]}, "inputs_released"),
        ({"done": [replace(batch(told(*usual())).done[0], site_id=uuid4())]}, "site_qualified"),
        ({"tested": [replace(batch(told(*usual())).tested[0], site_id=uuid4())]}, "site_qualified"),
    ],
)
def test_what_stands_under_another_number_is_weighed_with_it(said: Any, name: str) -> None:
    own = batch(told(*usual()))
    other = replace(own, **said)
    found = [verdict(each, name) for each in (own, other, with_others(own, [], [other]))]
    assert found[1] == found[2] != found[0]
