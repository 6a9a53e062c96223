"""``entente explain batch``: which market, what blocks, whose turn it is, since when, and what proves it."""

import json
import shlex
from typing import Any

import pytest

from cli.commands.open_records import open_on
from cli.failures import Answered
from cli.installation import Installation

MET = {
    "name": "site_qualified", "verdict": "met", "blocks": False, "owner": None, "since": None, "due": None,
    "due_on": None, "why": "it was qualified", "stateable": False, "weighs": False,
    "proof": [{"kind": "qualification", "id": None, "number": "QUAL-1"}],
}  # fmt: skip
WAITS = MET | {
    "name": "confirmations", "verdict": "not_met", "blocks": True, "owner": "maker", "since": "2026-05-04T08:00:00Z",
    "due": "2026-05-12T00:00:00Z", "due_on": "2026-05-11", "why": "the maker has not confirmed it", "proof": [],
}  # fmt: skip
UNKNOWN = WAITS | {"name": "samples_retained", "verdict": "unknown", "owner": "sponsor", "since": None, "due": None}
UNKNOWN |= {"why": "no fact tells of it", "stateable": True}
DECISION = {"id": "1", "number": "DISP-1", "state": "open"}
MARKET = {"market": "AT", "regime": "eu_eea", "intended": True, "disposition": DECISION, "digest": "5d" * 32}
MARKET |= {"conditions": [MET, WAITS, UNKNOWN]}
MADE: dict[str, Any] = {"id": "1", "site": {"name": "Kranj plant"}, "partner": {"number": "PTR-1", "name": "Norvik"}}
BATCH = {"material": "ROS-10", "lot": "240117", "unknown": None, "items": [MADE], "next": None, "markets": [MARKET]}


NONE: dict[str, list[Any]] = {"distribution-impacts": [], "oot-investigations": [], "complaints": [], "recalls": []}
SPONSORS = {"side": "sponsor", "since": "2026-05-04T08:00:00Z", "partner_id": None}
IMPACT = {"number": "IMP-1", "state": "open", "market": "AT", "cause": {"name": "oos", "number": "OOS-1"}}
IMPACT |= {"waiting_for": SPONSORS, "due_at": "2026-05-05T22:00:00Z", "due_on": "2026-05-05"}
COMPLAINT = IMPACT | {
    "number": "CPL-1",
    "state": "triaged",
    "severity": None,
    "waiting_for": SPONSORS | {"side": "partner"},
}
TREND: dict[str, Any] = {
    "number": "OOT-1",
    "state": "phase_1",
    "test": "assay",
    "value": "103.5",
    "unit": "%",
    "lower": "98.1",
}
TREND |= {"upper": "101.9", "waiting_for": SPONSORS | {"side": "partner"}, "clock": {"due_at": "2026-06-04T00:00:00Z"}}
RECALL = {"number": "RCL-1", "state": "proposed", "classification": "I", "depth": "consumer", "mock": False}
RECALL |= {
    "markets": [{"market": "AT"}, {"market": "DE"}],
    "quality_approved_by": "ana",
    "regulatory_approved_by": None,
}


def explained(entente: Any, answering: Any, *options: str, **changes: Any) -> list[str]:
    answering.body, answering.lists = BATCH | changes, NONE | answering.lists
    done = entente("explain", "batch", "240117", *options, "--url", answering.url, "--token", "any", COLUMNS="400")
    assert done.exit_code == 0, done.stderr
    return str(done.stdout).splitlines()


def test_what_blocks_whose_turn_and_since_when(entente: Any, answering: Any) -> None:
    assert explained(entente, answering) == [
        "ROS-10 240117 in AT (eu_eea) waits for 2 conditions.",
        "  The maker's confirmation: the maker has not confirmed it. It is the maker's turn since 2026-05-04, due "
        "2026-05-11.",
        "  Retained samples: not known: no fact tells of it. It is the sponsor's turn. Quality may state it.",
        "  1 condition of 3 met, as shown by QUAL-1.",
    ]


def test_an_end_that_is_no_days_is_told_as_it_is(entente: Any, answering: Any) -> None:
    """Of a clock of hours, or of the days of a place that is not known."""
    market = MARKET | {"conditions": [WAITS | {"due": "2026-05-11T08:00:00Z", "due_on": None}]}
    _, line, *_ = explained(entente, answering, markets=[market])
    assert line.endswith("due 2026-05-11T08:00:00Z.")


def test_one_that_waits_for_a_signature_says_so(entente: Any, answering: Any) -> None:
    first, *_ = explained(entente, answering, "--market", "AT", markets=[MARKET | {"conditions": [MET]}])
    assert first == "ROS-10 240117 in AT (eu_eea) is ready: it waits for a signature."
    assert any(asked[1].endswith("/readiness?market=AT") for asked in answering.asked)


def test_two_makers_with_the_same_number_are_told_apart(entente: Any, answering: Any) -> None:
    others = MADE | {"id": "2", "site": None, "partner": {"number": "PTR-2", "name": "Athlone"}}
    told = explained(entente, answering, items=[MADE, others])
    assert [line for line in told if not line.startswith("  ")] == [
        "ROS-10 240117 of PTR-1 Norvik (Kranj plant) in AT (eu_eea) waits for 2 conditions.",
        "ROS-10 240117 of PTR-2 Athlone in AT (eu_eea) waits for 2 conditions.",
    ]
    answering.asked.clear()
    only, *_ = explained(entente, answering, "--maker", "PTR-2", items=[MADE, others])
    assert only == "ROS-10 240117 in AT (eu_eea) waits for 2 conditions."
    assert [path for _, path, *_ in answering.asked if "readiness" in path] == [
        "/api/quality-events/v1/batches/2/readiness"
    ]
    unknown = entente("explain", "batch", "240117", "--maker", "PTR-3", "--url", answering.url, "--token", "any")
    assert (unknown.exit_code, "Norvik" in unknown.stderr, "Athlone" in unknown.stderr) == (2, True, True)


def test_what_else_is_open_on_it_and_who_owes_the_next_step(entente: Any, answering: Any) -> None:
    more = {"state": "started", "mock": True, "number": "RCL-2"}
    answering.lists = {"distribution-impacts": [IMPACT], "complaints": [COMPLAINT], "recalls": [RECALL, RECALL | more]}
    answering.lists["oot-investigations"] = [TREND]
    assert explained(entente, answering, markets=[], unknown="none")[1:] == [
        "  Distribution impact IMP-1 in AT, for oos OOS-1, is open. It is the sponsor's turn since 2026-05-04, due "
        "2026-05-05.",
        "  Out-of-trend investigation OOT-1 of assay 103.5 % (98.1 to 101.9 expected) is phase 1. It is the partner's "
        "turn since 2026-05-04, due 2026-06-04T00:00:00Z.",
        "  Complaint CPL-1 from AT (not judged yet) is triaged. It is the partner's turn since 2026-05-04, due "
        "2026-05-05.",
        "  Recall RCL-1 of class I to the consumer in AT, DE is proposed. It is the sponsor's turn: regulatory affairs "
        "approve it.",
        "  Recall RCL-2 of class I to the consumer in AT, DE, an exercise, is started. It is the sponsor's turn: it is "
        "to be traced and reconciled.",
    ]
    assert all("batch_id=1&open=true" in asked[1] for asked in answering.asked[-4:])


def test_what_is_not_for_who_asks_is_not_told(answering: Any) -> None:
    answering.status, answering.body = 403, {"type": "urn:entente:problem:forbidden", "detail": "not yours"}
    assert open_on(Installation(answering.url, lambda: "t"), "1") == []
    answering.status = 500
    with pytest.raises(Answered):
        open_on(Installation(answering.url, lambda: "t"), "1")


@pytest.mark.parametrize(
    ("regime", "weighed", "who"), [("eu_eea", [], "(role qp)"), ("us", ["DEV-1"], "(role quality)")]
)
def test_one_that_is_ready_names_the_command_that_signs_it(
    entente: Any, answering: Any, regime: str, weighed: list[str], who: str
) -> None:
    settled = MET | {"weighs": bool(weighed), "proof": [{"kind": "deviation", "id": None, "number": "DEV-1"}]}
    *_, told, command = explained(entente, answering, markets=[MARKET | {"regime": regime, "conditions": [settled]}])
    assert (who in told, "how DEV-1 was weighed" in told) == (True, bool(weighed))
    *words, body = shlex.split(command)
    assert words == ["entente", "sign", "/api/quality-events/v1/dispositions/1/release", "--body"]
    said = json.loads(body)
    assert (said["readiness_digest"], said.get("weighed", [])) == ("5d" * 32, weighed)
    assert said["justification"]


@pytest.mark.parametrize("changes", [{"digest": None}, {"disposition": None}, {"conditions": [WAITS]}])
def test_nobody_is_told_to_sign_what_they_cannot(entente: Any, answering: Any, changes: Any) -> None:
    lines = explained(entente, answering, markets=[MARKET | {"conditions": [MET]} | changes])
    assert not any("entente sign" in line for line in lines)


def test_one_that_is_decided_says_what_is_decided(entente: Any, answering: Any) -> None:
    released = MARKET | {"disposition": DECISION | {"state": "released_for_processing"}}
    first, *_ = explained(entente, answering, markets=[released | {"conditions": [MET]}])
    assert first == "ROS-10 240117 in AT (eu_eea) is released for processing (DISP-1)."
    first, *_ = explained(entente, answering, markets=[released])
    assert first.endswith("is released for processing (DISP-1); today it would wait for 2 conditions.")


def test_what_is_not_asked_for_here_is_no_gap(entente: Any, answering: Any) -> None:
    market = MARKET | {"conditions": [MET, MET | {"name": "import_tested", "verdict": "not_applicable", "proof": []}]}
    _, line, *_ = explained(entente, answering, markets=[market])
    assert line == "  1 condition of 2 met, as shown by QUAL-1; 1 condition not asked for here."


def test_of_no_market_and_of_no_batch(entente: Any, answering: Any) -> None:
    why = "nobody said for which markets it is meant"
    assert explained(entente, answering, markets=[], unknown=why) == [f"ROS-10 240117: {why}."]
    answering.body, answering.lists = BATCH | {"items": []}, {}
    done = entente("explain", "batch", "x", "--url", answering.url, "--token", "any")
    assert (done.exit_code, "no batch has the number x" in done.stderr) == (2, True)
